//go:build extension

/* Views: how they come and go, and the type. */

#include "shim.h"
#include <structmember.h>

/* Whether views of a type are View's: of memoryview there are no subtypes. */
static int is_nd(PyTypeObject *type)
{
	return !is_at_hand(type) && PyType_HasFeature(type, Py_TPFLAGS_BASETYPE);
}

/* Notes what the layout and the format of a view are, so that nobody has to look twice. */
static void describe(MemoryView *self)
{
	self->letter = letter_of(self->view.format);
	const gmvCode *code = code_of(self->letter);
	int known = code->size <= (self->view.ndim ? self->view.itemsize : self->view.len);
	self->kind = known ? code->kind : gmvNone;
	self->size = known ? code->size : 0;
	self->flags = (self->flags & VIEW_ND) | contiguity(&self->view);
}

enum { SPARE_ROOM = 3 * 2 }; /* a block that may become a spare has room for two dimensions */

/* A new view of a loan, with the layout of src, which has been checked. */
MemoryView *view_of(PyTypeObject *type, ManagedBuffer *managed, const Py_buffer *src)
{
	int nd = is_nd(type), room = 3 * src->ndim;
	void *spare = is_at_hand(type) && room <= SPARE_ROOM ? latest->spare_view : NULL;
	if (spare)
		latest->spare_view = NULL;
	MemoryView *self = spare ? (MemoryView *)PyObject_InitVar(spare, type, room)
		: nd ? (MemoryView *)PyType_GenericAlloc(type, room)
		: PyObject_GC_NewVar(MemoryView, type, room > SPARE_ROOM ? room : SPARE_ROOM);
	if (!self)
		return NULL;
	Py_SET_SIZE(&self->ob_base, room);
	if (nd)
		PyObject_GC_UnTrack(self); /* what a class in Python adds had to be cleared */
	Py_INCREF(OBJECT(managed));
	managed->exports++;
	self->managed = managed;
	self->hash = -1;
	self->flags = nd ? VIEW_ND : 0;
	self->exports = 0;
	self->weakrefs = NULL;
	copy_layout(&self->view, src, self->array);
	describe(self);
	PyObject_GC_Track(self);
	return self;
}

/* Another view of what a view shows, with this layout. */
MemoryView *view_again(MemoryView *of, const Py_buffer *layout)
{
	MemoryView *self = view_of(Py_TYPE(OBJECT(of)), of->managed, layout);
	if (self)
		self->view.internal = Py_XNewRef((PyObject *)layout->internal);
	return self;
}

int view_release(MemoryView *self)
{
	if (self->flags & VIEW_RELEASED)
		return 0;
	if (self->exports > 0)
		return PyErr_Format(PyExc_BufferError, "memoryview has %zd exported buffer%s", self->exports,
			self->exports == 1 ? "" : "s"), -1;
	self->flags |= VIEW_RELEASED;
	if (--self->managed->exports == 0)
		managed_release(self->managed);
	return 0;
}

static void view_dealloc(PyObject *object)
{
	MemoryView *self = (MemoryView *)object;
	PyTypeObject *type = Py_TYPE(object);
	PyObject_GC_UnTrack(self);
	if (self->weakrefs) /* first, for what is next may run Python code */
		PyObject_ClearWeakRefs(object);
	view_release(self); /* whoever has a loan of the view keeps it alive: none is out */
	Py_CLEAR(self->managed);
	Py_XDECREF((PyObject *)self->view.internal);
	free_object(self, is_at_hand(type) && Py_SIZE(object) <= SPARE_ROOM ? &latest->spare_view : NULL);
	Py_DECREF(type);
}

static int view_traverse(PyObject *object, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(object));
	Py_VISIT(((MemoryView *)object)->managed);
	return 0;
}

static int view_clear(PyObject *object)
{
	MemoryView *self = (MemoryView *)object;
	if (self->exports == 0) {
		view_release(self);
		Py_CLEAR(self->managed);
	}
	return 0;
}

static PyObject *view_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"object", NULL};
	PyObject *object;
	if (!kwargs && Py_SIZE(args) == 1)
		object = PyTuple_GetItem(args, 0);
	else if (!PyArg_ParseTupleAndKeywords(args, kwargs, is_nd(type) ? "O:View" : "O:memoryview", names, &object))
		return NULL;
	return gmv_from_object(type, object);
}

static PyObject *view_from_flags(PyObject *type, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"object", "flags", NULL};
	PyObject *object, *number;
	int flags;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO:_from_flags", names, &object, &number) || as_int(number, &flags) < 0)
		return NULL;
	return from_object((PyTypeObject *)type, object, flags);
}

static PyObject *view_repr(PyObject *self)
{
	return PyUnicode_FromFormat(IS_RELEASED((MemoryView *)self) ? "<released memory at %p>" : "<memory at %p>", self);
}

static PyObject *method_release(PyObject *self, PyObject *unused)
{
	return view_release((MemoryView *)self) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *method_enter(PyObject *self, PyObject *unused)
{
	return refuse_released((MemoryView *)self) < 0 ? NULL : Py_NewRef(self);
}

#define WORDS METH_VARARGS | METH_KEYWORDS
#define FAST METH_FASTCALL | METH_KEYWORDS
#define FUNCTION(f) (PyCFunction)(void (*)(void))(f)

enum { METHODS_ALWAYS = 8 };

static PyMethodDef methods[] = {
	{"release", method_release, METH_NOARGS,
		"release($self, /)\n--\n\nGive the memory back to its exporter; may be repeated."},
	{"cast", FUNCTION(view_cast), FAST,
		"cast($self, /, format, shape=<unrepresentable>)\n--\n\n"
		"A view of the same bytes as items of another format, or in another shape."},
	{"toreadonly", view_toreadonly, METH_NOARGS,
		"toreadonly($self, /)\n--\n\nA view of the same memory that cannot be written through."},
	{"tobytes", FUNCTION(view_tobytes), FAST,
		"tobytes($self, /, order='C')\n--\n\n"
		"The items' bytes in C order, in Fortran order ('F'), or in the order in which they lie ('A')."},
	{"tolist", view_tolist, METH_NOARGS,
		"tolist($self, /)\n--\n\nThe items in lists, one level for each dimension."},
	{"hex", FUNCTION(view_hex), FAST,
		"hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\n"
		"The items' bytes as hexadecimal digits, with a separator after every bytes_per_sep bytes,\n"
		"counted from the right, or from the left where it is negative."},
	{"__enter__", method_enter, METH_NOARGS, "__enter__($self, /)\n--\n\nThe view itself, in a with statement."},
	{"__exit__", method_release, METH_VARARGS, "__exit__($self, /, *exc_info)\n--\n\nRelease the view at the end of a with statement."},
	/* from 3.12 */
	{"_from_flags", FUNCTION(view_from_flags), WORDS | METH_CLASS,
		"_from_flags($type, /, object, flags)\n--\n\nA view of an object that is asked for its buffer with these flags."},
	/* from 3.14 */
	{"count", view_count, METH_O, "count($self, value, /)\n--\n\nHow many items equal a value."},
	{"index", view_index, METH_VARARGS,
		"index($self, value, start=0, stop=sys.maxsize, /)\n--\n\n"
		"The first position of an item that equals a value; ValueError where there is none."},
	{"__class_getitem__", (PyCFunction)Py_GenericAlias, METH_O | METH_CLASS, "Generic alias of the type."},
	{NULL},
};

/* Cuts the table of methods to what the running Python's memoryview has. */
static PyMethodDef *methods_of_version(void)
{
	if (RUNNING < 0x030C0000)
		methods[METHODS_ALWAYS].ml_name = NULL;
	else if (RUNNING < 0x030E0000)
		methods[METHODS_ALWAYS + 1].ml_name = NULL;
	return methods;
}

static PyMemberDef members[] = {
	{"__weaklistoffset__", T_PYSSIZET, offsetof(MemoryView, weakrefs), READONLY},
	{NULL},
};

/* Python's memoryview, or what View is made of. */
PyTypeObject *view_type(PyObject *module, int nd)
{
	PyType_Slot slots[] = {
		{Py_tp_doc, nd ? "View(object)\n--\n\nThe half of View that is in C."
			: "memoryview(object)\n--\n\nA view of the memory of an object that exports a buffer."},
		{Py_tp_new, view_new},
		{Py_tp_dealloc, view_dealloc},
		{Py_tp_traverse, view_traverse},
		{Py_tp_clear, view_clear},
		{Py_tp_repr, view_repr},
		{Py_tp_hash, view_hash},
		{Py_tp_richcompare, view_compare},
		{Py_tp_iter, view_iter},
		{Py_tp_getset, view_attributes},
		{Py_tp_members, members},
		{Py_sq_length, view_length},
		{Py_sq_item, nd ? nd_item : view_item},
		{Py_mp_length, view_length},
		{Py_mp_subscript, nd ? nd_subscript : view_subscript},
		{Py_mp_ass_subscript, nd ? nd_assign : view_assign},
		{Py_bf_getbuffer, view_getbuffer},
		{Py_bf_releasebuffer, view_releasebuffer},
		{Py_tp_methods, nd ? nd_methods(methods, METHODS_ALWAYS) : methods_of_version()},
		{0, NULL},
	};
	PyType_Spec spec = {
		.name = nd ? "gomemoryview._engine.View" : "gomemoryview.memoryview",
		.basicsize = offsetof(MemoryView, array),
		.itemsize = sizeof(Py_ssize_t),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | TYPE_IMMUTABLE | TYPE_SEQUENCE | (nd ? Py_TPFLAGS_BASETYPE : 0),
		.slots = slots,
	};
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
}
