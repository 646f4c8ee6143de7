package dlpack

import (
	"fmt"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
)

// DType is a DLDataType: what an item is. More than one lane is a vector of as many numbers.
type DType struct {
	Code  uint8
	Bits  uint8
	Lanes uint16
}

// Codes of a DType.
const (
	codeInt, codeUint, codeFloat, codeOpaque, codeBFloat, codeComplex, codeBool = 0, 1, 2, 3, 4, 5, 6
)

// names are those of the codes in dlpack.h.
var names = [...]string{
	"int", "uint", "float", "opaque handle", "bfloat", "complex", "bool", "float8_e3m4", "float8_e4m3", "float8_e4m3b11fnuz", "float8_e4m3fn",
	"float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu", "float6_e2m3fn", "float6_e3m2fn", "float4_e2m1fn",
}

// formats are all items that have a format, in the byte order of the machine.
var formats = map[DType]string{
	{codeInt, 8, 1}: "b", {codeInt, 16, 1}: "h", {codeInt, 32, 1}: "i", {codeInt, 64, 1}: "q",
	{codeUint, 8, 1}: "B", {codeUint, 16, 1}: "H", {codeUint, 32, 1}: "I", {codeUint, 64, 1}: "Q",
	{codeFloat, 16, 1}: "e", {codeFloat, 32, 1}: "f", {codeFloat, 64, 1}: "d",
	{codeBFloat, 16, 1}: "[bfloat16]", {codeComplex, 64, 1}: "Zf", {codeComplex, 128, 1}: "Zd", {codeBool, 8, 1}: "?",
	{10, 8, 1}: "[float8_e4m3fn]", {11, 8, 1}: "[float8_e4m3fnuz]", {12, 8, 1}: "[float8_e5m2]", {13, 8, 1}: "[float8_e5m2fnuz]", {14, 8, 1}: "[float8_e8m0fnu]",
}

func (t DType) String() string {
	name := fmt.Sprintf("unknown code %d", t.Code)
	if int(t.Code) < len(names) {
		name = names[t.Code]
	}
	return fmt.Sprintf("%s of %d bits and %d lanes", name, t.Bits, t.Lanes)
}

// format returns the format of an item and its size.
func (t DType) format() (text string, size int, err error) {
	text = formats[DType{t.Code, t.Bits, 1}]
	if text == "" || t.Lanes == 0 {
		return "", 0, fmt.Errorf("%w: items of type %v have no format: convert them first", buffer.ErrType, t)
	}
	if t.Lanes > 1 {
		text = fmt.Sprintf("(%d)%s", t.Lanes, text)
	}
	size, err = buffer.SizeFromFormat(text)
	return text, size, err
}

// dtypeOf is the type of the items of a layout.
func dtypeOf(l buffer.Layout) (DType, error) {
	t, err := format.Parse(l.Format)
	if err != nil {
		return DType{}, err
	}
	for dtype, text := range formats {
		if own, err := format.Parse(text); err == nil && own.Equal(t) && l.ItemSize == t.Size() {
			return dtype, nil
		}
	}
	return DType{}, fmt.Errorf("%w: items of format %.40q and %d bytes have no type in DLPack, which has numbers in the machine's byte order: convert them first",
		buffer.ErrType, l.Format, l.ItemSize)
}
