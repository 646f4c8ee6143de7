package arrow

import (
	"encoding/binary"
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/go-memoryview/memoryview/buffer"
)

// Arrow's library makes slices of as many fields and keys as a file says there are, where Go ends the process if there is no memory for
// them, and goes as deep as the fields are nested. So these numbers are looked at before, in what Arrow's Schema.fbs and File.fbs describe.
// An access outside of the bytes panics, which guard makes an error.

// Where the fields of the tables stand.
const (
	footerSchema, footerDictionaries, footerBatches, footerMetadata = 6, 8, 10, 12
	schemaFields, schemaMetadata                                    = 6, 8
	fieldDictionary, fieldChildren, fieldMetadata                   = 12, 14, 16
	messageMetadata                                                 = 12
)

const (
	blockSize   = 24 // bytes that say where a record batch lies
	offsetSize  = 4  // bytes that say where a table lies
	deepest     = 64 // levels of fields in fields
	magic       = "ARROW1"
	footerTail  = 4 + len(magic) // the footer's size and what ends the file
	streamBegin = "\xff\xff\xff\xff"
)

// checkFile looks at a file's footer, and at what comes with each record batch.
func checkFile(file []byte) error {
	switch {
	case len(file) >= len(streamBegin) && string(file[:len(streamBegin)]) == streamBegin:
		return errors.New("it is a stream of record batches: write it as a file")
	case len(file) < footerTail || string(file[len(file)-len(magic):]) != magic:
		return fmt.Errorf("no Arrow IPC file: it does not end in %q", magic)
	}
	end := len(file) - footerTail
	size := binary.LittleEndian.Uint32(file[end:])
	if uint64(size) > uint64(end) {
		return fmt.Errorf("a footer of %d bytes in a file of %d", size, len(file))
	}
	footer := file[end-int(size) : end]
	c := checker{fields: len(footer) / offsetSize}
	root := rootOf(footer)
	c.schema(root)
	for _, slot := range []flatbuffers.VOffsetT{footerDictionaries, footerBatches} {
		first, n := vector(root, slot, blockSize)
		for i := range n {
			c.message(file, footer[first+i*blockSize:])
		}
	}
	return nil
}

func rootOf(bytes []byte) flatbuffers.Table {
	return flatbuffers.Table{Bytes: bytes, Pos: flatbuffers.GetUOffsetT(bytes)}
}

// checker counts the fields that may still come: each takes some of the bytes.
type checker struct{ fields int }

func (c *checker) schema(footer flatbuffers.Table) {
	vector(footer, footerMetadata, offsetSize)
	if at := footer.Offset(footerSchema); at != 0 {
		schema := flatbuffers.Table{Bytes: footer.Bytes, Pos: footer.Indirect(footer.Pos + flatbuffers.UOffsetT(at))}
		vector(schema, schemaMetadata, offsetSize)
		c.children(schema, schemaFields, deepest)
	}
}

func (c *checker) children(parent flatbuffers.Table, slot flatbuffers.VOffsetT, levels int) {
	first, n := vector(parent, slot, offsetSize)
	if c.fields -= n; c.fields < 0 || n > 0 && levels == 0 {
		panic(errors.New("more fields than there is room for, or deeper than 64 levels"))
	}
	for i := range n {
		field := flatbuffers.Table{Bytes: parent.Bytes, Pos: parent.Indirect(flatbuffers.UOffsetT(first + i*offsetSize))}
		if field.Offset(fieldDictionary) != 0 { // which Arrow's library panics at, in files that are mapped
			panic(fmt.Errorf("%w: a column is codes of a dictionary: have it decoded before it is written", buffer.ErrType))
		}
		vector(field, fieldMetadata, offsetSize)
		c.children(field, fieldChildren, levels-1)
	}
}

// message looks at what stands before the items of a record batch.
func (c *checker) message(file, block []byte) {
	at := binary.LittleEndian.Uint64(block)
	if at > uint64(len(file)) {
		panic(fmt.Errorf("a record batch at byte %d of %d", at, len(file)))
	}
	bytes := file[at:]
	if string(bytes[:4]) == streamBegin { // since version 0.15 of the format
		bytes = bytes[4:]
	}
	vector(rootOf(bytes[4:]), messageMetadata, offsetSize)
}

// vector returns where the parts of a vector begin and how many there are, of which each takes size bytes.
func vector(t flatbuffers.Table, slot flatbuffers.VOffsetT, size int) (first, n int) {
	at := flatbuffers.UOffsetT(t.Offset(slot))
	if at == 0 {
		return 0, 0
	}
	n = t.VectorLen(at)
	if first = int(t.Vector(at)); n < 0 || first < 0 || first > len(t.Bytes) || n > (len(t.Bytes)-first)/size {
		panic(fmt.Errorf("%d parts where %d bytes are", n, len(t.Bytes)))
	}
	return first, n
}
