package cpython

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/go-memoryview/memoryview/buffer"
)

// functions are what is used of CPython's C interface: functions, and addresses of objects and types.
// All of them are there from 3.10 to 3.14.
type functions struct {
	GetVersion    uintptr `c:"Py_GetVersion"`
	IsInitialized uintptr `c:"Py_IsInitialized"`
	ConfigInit    uintptr `c:"PyConfig_InitPythonConfig"`
	ConfigSetArgv uintptr `c:"PyConfig_SetBytesArgv"`
	ConfigClear   uintptr `c:"PyConfig_Clear"`
	Initialize    uintptr `c:"Py_InitializeFromConfig"`
	FinalizeEx    uintptr `c:"Py_FinalizeEx"`
	SaveThread    uintptr `c:"PyEval_SaveThread"`
	RestoreThread uintptr `c:"PyEval_RestoreThread"`
	EnsureGIL     uintptr `c:"PyGILState_Ensure"`
	ReleaseGIL    uintptr `c:"PyGILState_Release"`
	ThisThread    uintptr `c:"PyGILState_GetThisThreadState"`
	ThreadDict    uintptr `c:"PyThreadState_GetDict"`
	ThreadIdent   uintptr `c:"PyThread_get_thread_ident"`
	SetAsyncExc   uintptr `c:"PyThreadState_SetAsyncExc"`
	ContextNew    uintptr `c:"PyContext_New"`
	ContextEnter  uintptr `c:"PyContext_Enter"`
	ReprEnter     uintptr `c:"Py_ReprEnter"`
	ReprLeave     uintptr `c:"Py_ReprLeave"`

	RawCalloc  uintptr `c:"PyMem_RawCalloc"`
	RawFree    uintptr `c:"PyMem_RawFree"`
	IncRef     uintptr `c:"Py_IncRef"`
	DecRef     uintptr `c:"Py_DecRef"`
	ObjectFree uintptr `c:"PyObject_Free"`

	ErrFetch     uintptr `c:"PyErr_Fetch"`
	ErrRestore   uintptr `c:"PyErr_Restore"`
	ErrNormalize uintptr `c:"PyErr_NormalizeException"`
	ErrClear     uintptr `c:"PyErr_Clear"`
	ErrSetString uintptr `c:"PyErr_SetString"`
	ErrMatches   uintptr `c:"PyErr_ExceptionMatches"`
	ErrUnraised  uintptr `c:"PyErr_WriteUnraisable"`
	ErrClassName uintptr `c:"PyExceptionClass_Name"`

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
	SizeOf        uintptr `c:"PyObject_Size"`
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

	CapsuleNew     uintptr `c:"PyCapsule_New"`
	CapsuleIsValid uintptr `c:"PyCapsule_IsValid"`
	CapsuleGet     uintptr `c:"PyCapsule_GetPointer"`

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
	AttributeError    uintptr `c:"PyExc_AttributeError"` // a pointer to the object, as all exceptions
	BufferError       uintptr `c:"PyExc_BufferError"`
	KeyboardInterrupt uintptr `c:"PyExc_KeyboardInterrupt"`
	RuntimeError      uintptr `c:"PyExc_RuntimeError"`
}

// c is the interface of the library that is loaded. There is one in a process, and it stays.
var c functions

// Functions whose results are no words.
var (
	floatAsDouble, complexReal, complexImag func(object uintptr) float64
	configSetArgv                           func(config, argc, argv uintptr) status
	initialize                              func(config uintptr) status
)

// status is a PyStatus.
type status struct {
	kind              int32 // 0 is success
	function, message uintptr
	_                 int32 // the exit code
}

// minor is a version of CPython, such as 3.13.
type minor [2]int

func (m minor) String() string { return fmt.Sprintf("%d.%d", m[0], m[1]) }

// check refuses what is not among the versions that are known to work.
func (m minor) check() error {
	if m[0] != 3 || m[1] < 10 || m[1] > 14 {
		return fmt.Errorf("it is %v", m)
	}
	return nil
}

var errFreeThreaded = errors.New("it is built without a GIL (free-threaded): use the ordinary build")

// loadLibrary loads a libpython and looks up all that is used of it. Only what proves to be one that works
// is put where extension modules, and every other library, find its symbols. A wanted version is what the
// interpreter is.
func loadLibrary(path string, wanted minor) (minor, error) {
	library, err := openLibrary(path)
	if err != nil {
		return minor{}, err
	}
	found, version, err := lookUpAll(library)
	if err == nil && wanted != (minor{}) && version != wanted {
		err = fmt.Errorf("it is %v, the interpreter is %v", version, wanted)
	}
	if err == nil {
		err = publishLibrary(path)
	}
	if err != nil {
		closeLibrary(library)
		return version, fmt.Errorf("%s is no libpython of 3.10 to 3.14: %w", path, err)
	}
	c = found
	bindFunction(&floatAsDouble, c.FloatAsDouble)
	bindFunction(&complexReal, c.ComplexReal)
	bindFunction(&complexImag, c.ComplexImag)
	bindFunction(&configSetArgv, c.ConfigSetArgv)
	bindFunction(&initialize, c.Initialize)
	return version, nil
}

func lookUpAll(library uintptr) (found functions, version minor, err error) {
	getVersion, err := lookUp(library, "Py_GetVersion")
	if err != nil {
		return found, version, err
	}
	says := goString(call(getVersion))
	if _, err := fmt.Sscanf(says, "%d.%d", &version[0], &version[1]); err != nil {
		return found, version, fmt.Errorf("it does not say its version: %w", err)
	}
	if err := version.check(); err != nil {
		return found, version, err
	}
	if strings.Contains(says, "free-threading") {
		return found, version, errFreeThreaded
	}
	fields := reflect.ValueOf(&found).Elem()
	for i := range fields.NumField() {
		address, err := lookUp(library, fields.Type().Field(i).Tag.Get("c"))
		if err != nil {
			return found, version, err
		}
		fields.Field(i).SetUint(uint64(address))
	}
	return found, version, nil
}

// pointer is the only way from an address that C gave to memory that Go reads or writes.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// load reads a word of C memory.
func load(address uintptr) uintptr { return *(*uintptr)(pointer(address)) }

// cString copies a string for C, which ends it at its first NUL.
func cString(s string) *byte {
	return &append([]byte(s), 0)[0]
}

// cName copies the name of something in Python for C, which would end it at a NUL.
func cName(name string) (*byte, error) {
	if i := strings.IndexByte(name, 0); i >= 0 {
		return nil, fmt.Errorf("%w: NUL at byte %d of the name %.40q", buffer.ErrValue, i, name)
	}
	return cString(name), nil
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
