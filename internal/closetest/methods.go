package closetest

import (
	"reflect"
	"testing"
)

// EveryMethod fails where a type has an exported method that is not among the names: one that is new, and that nobody races.
func EveryMethod[T, O any](t *testing.T, raced map[string]O, others ...string) {
	typ := reflect.TypeFor[T]()
	named := map[string]bool{}
	for _, name := range others {
		named[name] = true
	}
	for name := range raced {
		named[name] = true
	}
	for m := range typ.Methods() {
		if !named[m.Name] {
			t.Errorf("%v.%s is not raced against a release", typ, m.Name)
		}
		delete(named, m.Name)
	}
	for name := range named {
		t.Errorf("%v has no method %s", typ, name)
	}
}
