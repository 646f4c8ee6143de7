package cpython

import (
	"fmt"
	"reflect"
	"unsafe"
)

// functions are what is used of CPython's C interface: functions, and addresses of objects and types.
// All of them are there from 3.10 to 3.14.
type functions struct {
	GetVersion     uintptr `c:"Py_GetVersion"`
	IsInitialized  uintptr `c:"Py_IsInitialized"`
	SetProgramName uintptr `c:"Py_SetProgramName"`
	InitializeEx   uintptr `c:"Py_InitializeEx"`
	FinalizeEx     uintptr `c:"Py_FinalizeEx"`
	SaveThread     uintptr `c:"PyEval_SaveThread"`
	RestoreThread  uintptr `c:"PyEval_RestoreThread"`
	EnsureGIL      uintptr `c:"PyGILState_Ensure"`
	ReleaseGIL     uintptr `c:"PyGILState_Release"`
	HoldsGIL       uintptr `c:"PyGILState_Check"`
	ThreadIdent    uintptr `c:"PyThread_get_thread_ident"`
	SetAsyncExc    uintptr `c:"PyThreadState_SetAsyncExc"`

	RawCalloc  uintptr `c:"PyMem_RawCalloc"`
	RawFree    uintptr `c:"PyMem_RawFree"`
	IncRef     uintptr `c:"Py_IncRef"`
	DecRef     uintptr `c:"Py_DecRef"`
	ObjectFree uintptr `c:"PyObject_Free"`

	ErrOccurred  uintptr `c:"PyErr_Occurred"`
	ErrFetch     uintptr `c:"PyErr_Fetch"`
	ErrRestore   uintptr `c:"PyErr_Restore"`
	ErrNormalize uintptr `c:"PyErr_NormalizeException"`
	ErrClear     uintptr `c:"PyErr_Clear"`
	ErrSetString uintptr `c:"PyErr_SetString"`

	ImportModule  uintptr `c:"PyImport_ImportModule"`
	AddModule     uintptr `c:"PyImport_AddModule"`
	ModuleDict    uintptr `c:"PyModule_GetDict"`
	CompileString uintptr `c:"Py_CompileString"`
	EvalCode      uintptr `c:"PyEval_EvalCode"`

	GetAttrString uintptr `c:"PyObject_GetAttrString"`
	SetAttrString uintptr `c:"PyObject_SetAttrString"`
	CallObject    uintptr `c:"PyObject_Call"`
	Str           uintptr `c:"PyObject_Str"`
	TypeOf        uintptr `c:"PyObject_Type"`
	TypeFlags     uintptr `c:"PyType_GetFlags"`
	IsSubtype     uintptr `c:"PyType_IsSubtype"`

	BoolFromLong       uintptr `c:"PyBool_FromLong"`
	LongFromLongLong   uintptr `c:"PyLong_FromLongLong"`
	LongFromULongLong  uintptr `c:"PyLong_FromUnsignedLongLong"`
	LongFromString     uintptr `c:"PyLong_FromString"`
	LongAsLongLong     uintptr `c:"PyLong_AsLongLongAndOverflow"`
	NumberIndex        uintptr `c:"PyNumber_Index"`
	NumberToBase       uintptr `c:"PyNumber_ToBase"`
	FloatFromDouble    uintptr `c:"PyFloat_FromDouble"`
	FloatAsDouble      uintptr `c:"PyFloat_AsDouble"`
	ComplexFromDoubles uintptr `c:"PyComplex_FromDoubles"`
	ComplexReal        uintptr `c:"PyComplex_RealAsDouble"`
	ComplexImag        uintptr `c:"PyComplex_ImagAsDouble"`
	UnicodeFromString  uintptr `c:"PyUnicode_FromStringAndSize"`
	UnicodeAsUTF8      uintptr `c:"PyUnicode_AsUTF8AndSize"`
	UnicodeAsEncoded   uintptr `c:"PyUnicode_AsEncodedString"`
	UnicodeJoin        uintptr `c:"PyUnicode_Join"`
	BytesFromString    uintptr `c:"PyBytes_FromStringAndSize"`
	BytesAsString      uintptr `c:"PyBytes_AsStringAndSize"`
	TupleNew           uintptr `c:"PyTuple_New"`
	TupleSize          uintptr `c:"PyTuple_Size"`
	TupleGetItem       uintptr `c:"PyTuple_GetItem"`
	TupleSetItem       uintptr `c:"PyTuple_SetItem"`
	ListNew            uintptr `c:"PyList_New"`
	ListSetItem        uintptr `c:"PyList_SetItem"`
	ListAsTuple        uintptr `c:"PyList_AsTuple"`
	DictNew            uintptr `c:"PyDict_New"`
	DictSetItem        uintptr `c:"PyDict_SetItem"`
	DictItems          uintptr `c:"PyDict_Items"`

	CheckBuffer   uintptr `c:"PyObject_CheckBuffer"`
	GetBuffer     uintptr `c:"PyObject_GetBuffer"`
	BufferRelease uintptr `c:"PyBuffer_Release"`
	TypeFromSpec  uintptr `c:"PyType_FromSpec"`
	GenericAlloc  uintptr `c:"PyType_GenericAlloc"`

	None              uintptr `c:"_Py_NoneStruct"`
	BoolType          uintptr `c:"PyBool_Type"`
	FloatType         uintptr `c:"PyFloat_Type"`
	ComplexType       uintptr `c:"PyComplex_Type"`
	ObjectType        uintptr `c:"PyBaseObject_Type"`
	BufferError       uintptr `c:"PyExc_BufferError"` // a pointer to the object, as all exceptions
	KeyboardInterrupt uintptr `c:"PyExc_KeyboardInterrupt"`
}

// c is the interface of the library that is loaded. There is one in a process, and it stays.
var c functions

// Functions that return a double.
var floatAsDouble, complexReal, complexImag func(uintptr) float64

// loadLibrary loads a libpython and looks up all that is used of it.
func loadLibrary(path string) error {
	library, err := openLibrary(path)
	if err != nil {
		return err
	}
	var found functions
	fields := reflect.ValueOf(&found).Elem()
	for i := range fields.NumField() {
		symbol := fields.Type().Field(i).Tag.Get("c")
		address, err := lookUp(library, symbol)
		if err != nil {
			return fmt.Errorf("%s is no libpython of 3.10 to 3.14: %w", path, err)
		}
		fields.Field(i).SetUint(uint64(address))
	}
	c = found
	floatAsDouble, complexReal, complexImag = returnsFloat(c.FloatAsDouble), returnsFloat(c.ComplexReal), returnsFloat(c.ComplexImag)
	return nil
}

// pointer is the only way from an address that C gave to memory that Go reads or writes.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// load reads a word of C memory.
func load(address uintptr) uintptr { return *(*uintptr)(pointer(address)) }

// cString copies a string for C. It ends at its first NUL.
func cString(s string) *byte {
	return &append([]byte(s), 0)[0]
}

// goString copies a C string.
func goString(address uintptr) string {
	if address == 0 {
		return ""
	}
	n := 0
	for *(*byte)(pointer(address + uintptr(n))) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(pointer(address)), n))
}

// ok tells whether a C function that returns an int did what it should.
func ok(result uintptr) bool { return int32(result) >= 0 }
