package api_test

import (
	"fmt"
	"go/types"
	"strings"
)

// surface gives a line for each exported name of a package, as Go's own api files do: names of parameters are no part of it.
func surface(pkg *types.Package) []string {
	var lines []string
	name := strings.TrimPrefix(strings.TrimPrefix(pkg.Path(), module), "/")
	if name == "" {
		name = pkg.Name()
	}
	add := func(format string, args ...any) {
		lines = append(lines, "pkg "+name+", "+fmt.Sprintf(format, args...))
	}
	text := func(t types.Type) string {
		return types.TypeString(t, func(other *types.Package) string {
			if other == pkg {
				return ""
			}
			return other.Name()
		})
	}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.Const:
			add("const %s %s = %s", name, text(object.Type()), object.Val().ExactString())
		case *types.Var:
			add("var %s %s", name, text(object.Type()))
		case *types.Func:
			add("func %s%s", name, signature(object.Signature(), text))
		case *types.TypeName:
			typeLines(object, text, add)
		}
	}
	return lines
}

// typeLines adds a type's line, and one for each field and method that others reach.
func typeLines(object *types.TypeName, text func(types.Type) string, add func(string, ...any)) {
	if object.IsAlias() {
		add("type %s = %s", object.Name(), text(object.Type()))
		return
	}
	declared := text(object.Type())
	switch under := object.Type().Underlying().(type) {
	case *types.Struct:
		add("type %s struct", declared)
		for field := range under.Fields() {
			if field.Exported() {
				add("type %s struct, %s %s", object.Name(), field.Name(), text(field.Type()))
			}
		}
	case *types.Interface:
		if under.IsMethodSet() {
			add("type %s interface", declared)
		} else {
			add("type %s %s", declared, text(under))
		}
	default:
		add("type %s %s", declared, text(under))
	}
	methodLines(object, text, add)
}

func methodLines(object *types.TypeName, text func(types.Type) string, add func(string, ...any)) {
	receiver := object.Type()
	byValue := types.NewMethodSet(receiver)
	all := byValue
	if !types.IsInterface(receiver) {
		all = types.NewMethodSet(types.NewPointer(receiver))
	}
	for selection := range all.Methods() {
		method := selection.Obj()
		if !method.Exported() {
			continue
		}
		star := "*"
		if byValue.Lookup(method.Pkg(), method.Name()) != nil {
			star = ""
		}
		add("method (%s%s) %s%s", star, object.Name(), method.Name(), signature(selection.Type().(*types.Signature), text))
	}
	if under, isInterface := receiver.Underlying().(*types.Interface); isInterface {
		for method := range under.Methods() {
			if !method.Exported() {
				add("type %s interface, unexported methods", object.Name())
				return
			}
		}
	}
}

// signature writes a signature without its receiver and the names of its parameters.
func signature(s *types.Signature, text func(types.Type) string) string {
	var params []string
	for p := range s.TypeParams().TypeParams() {
		params = append(params, p.Obj().Name()+" "+text(p.Constraint()))
	}
	generic := ""
	if params != nil {
		generic = "[" + strings.Join(params, ", ") + "]"
	}
	nameless := types.NewSignatureType(nil, nil, nil, namelessTuple(s.Params()), namelessTuple(s.Results()), s.Variadic())
	return generic + strings.TrimPrefix(text(nameless), "func")
}

func namelessTuple(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), nil, "", v.Type()))
	}
	return types.NewTuple(vars...)
}
