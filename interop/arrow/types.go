package arrow

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// formats are those of the types whose items are numbers.
var formats = map[arrow.Type]string{
	arrow.INT8: "b", arrow.INT16: "h", arrow.INT32: "i", arrow.INT64: "q",
	arrow.UINT8: "B", arrow.UINT16: "H", arrow.UINT32: "I", arrow.UINT64: "Q",
	arrow.FLOAT16: "e", arrow.FLOAT32: "f", arrow.FLOAT64: "d",
	arrow.DATE32: "i", arrow.DATE64: "q", arrow.TIME32: "i", arrow.TIME64: "q", arrow.TIMESTAMP: "q", arrow.DURATION: "q",
	arrow.INTERVAL_MONTHS:         "i",
	arrow.INTERVAL_DAY_TIME:       "T{i:days:i:milliseconds:}",
	arrow.INTERVAL_MONTH_DAY_NANO: "T{i:months:i:days:q:nanoseconds:}",
}

// layoutOf returns what an item of a type is, without strides: a list of fixed size gives dimensions.
func layoutOf(dt arrow.DataType) (l buffer.Layout, err error) {
	switch dt := storage(dt).(type) {
	case *arrow.FixedSizeListType:
		l, err = layoutOf(dt.Elem())
		l.Shape = append([]int{int(dt.Len())}, l.Shape...)
		return l, err
	case *arrow.FixedSizeBinaryType:
		return buffer.Layout{ItemSize: dt.ByteWidth, Format: fmt.Sprintf("%ds", dt.ByteWidth)}, nil
	}
	dt = storage(dt)
	text := formats[dt.ID()]
	if text == "" {
		return l, fmt.Errorf("%w: items of Arrow's type %s: %s", buffer.ErrType, dt, instead(dt))
	}
	size, err := buffer.SizeFromFormat(text)
	return buffer.Layout{ItemSize: size, Format: text}, err
}

// storage is the type that an extension is kept as, and every other type itself.
func storage(dt arrow.DataType) arrow.DataType {
	for {
		extension, is := dt.(arrow.ExtensionType)
		if !is {
			return dt
		}
		dt = extension.StorageType()
	}
}

// instead says why items of a type cannot be lent, and what can.
func instead(dt arrow.DataType) string {
	switch dt := dt.(type) {
	case *arrow.BooleanType:
		return "they are bits, which have no addresses: cast them to uint8"
	case *arrow.DictionaryType:
		return "they are numbers of a dictionary's entries: lend its Indices and its Dictionary"
	case *arrow.StructType:
		return "each field is an array of its own: lend its Field(i)"
	case arrow.DecimalType:
		return "there is no format for decimals: cast them to float64 or int64"
	case *arrow.NullType:
		return "there are none"
	case arrow.ListLikeType:
		return fmt.Sprintf("they have different lengths: lend its ListValues, of type %s, and its Offsets", dt.Elem())
	}
	return "they have different lengths, or do not lie side by side"
}

// numbers are the types that views become.
var numbers = []arrow.DataType{
	arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
	arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
	arrow.FixedWidthTypes.Float16, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
}

var hostBigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// typeOf returns the type for items of a format.
func typeOf(t *format.Type) (arrow.DataType, error) {
	if t.Kind() == format.Bytes && t.Size() > 0 {
		return &arrow.FixedSizeBinaryType{ByteWidth: t.Size()}, nil
	}
	for _, dt := range numbers {
		if own, err := format.Parse(formats[dt.ID()]); err == nil && own.Equal(t) {
			return dt, nil
		}
	}
	why := "Arrow has no such type: copy by memoryview.Convert, or cast to bytes"
	switch {
	case t.Kind() == format.Bool:
		why = `Arrow's booleans are bits: cast to "B"`
	case t.Kind() == format.Struct:
		why = "the fields of Arrow's structs lie apart: make an array of a copy of each Field"
	case t.BigEndian() != hostBigEndian && t.Size() > 1:
		why = "Arrow has numbers in the order of the machine: copy by memoryview.Convert"
	}
	return nil, fmt.Errorf("%w: items of format %.40q: %s", buffer.ErrType, t, why)
}
