package format

import "testing"

func BenchmarkParse(b *testing.B) {
	for _, s := range []string{"i", "<i", "T{b:a:xxxi:b:(2,3)d:c:}"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUnpack(b *testing.B) {
	for _, s := range []string{"i", ">d", "16s", "T{b:a:xxxi:b:}", "(10,100)i"} {
		b.Run(s, func(b *testing.B) {
			typ := mustParse(b, s)
			src := make([]byte, typ.Size())
			b.ReportAllocs()
			b.SetBytes(int64(typ.Size()))
			for b.Loop() {
				if _, err := typ.Unpack(src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPack(b *testing.B) {
	for _, c := range []struct {
		format string
		value  any
	}{{"i", 1}, {">d", 1.5}, {"T{b:a:xxxi:b:}", []any{1, 2}}} {
		b.Run(c.format, func(b *testing.B) {
			typ := mustParse(b, c.format)
			dst := make([]byte, typ.Size())
			b.ReportAllocs()
			for b.Loop() {
				if err := typ.Pack(dst, c.value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
