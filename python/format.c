//go:build extension

/* Formats of any sort: tables that the engine makes of them, by which items become Python objects. */

#include "shim.h"

/* A format that has been read; _view.py keeps some of them. A view has it as its internal: a tuple of these. */
typedef struct {
	const gmvNode *nodes; /* bytes: the nodes, and the texts that they refer to */
	const char *texts;
	PyObject *records; /* a tuple: for each node that is a record its items' type, or where they are plain tuples the fields' names */
} Format;

static void open_format(PyObject *read, Format *format)
{
	format->nodes = (const gmvNode *)PyBytes_AsString(PyTuple_GetItem(read, 0));
	format->texts = (const char *)(format->nodes + format->nodes->next);
	format->records = PyTuple_GetItem(read, 1);
}

static char *text_of(Format *format)
{
	return (char *)format->texts + format->nodes->text;
}

/* Has a view's format read from a text. Python code runs. */
int format_read(const char *text, Py_buffer *view)
{
	Format format;
	PyObject *module = PyImport_ImportModule("gomemoryview._view");
	PyObject *table, *records, *read = module ? PyObject_CallMethod(module, "read", "y", text) : NULL;
	Py_XDECREF(module);
	if (!read || !PyArg_ParseTuple(read, "SO!", &table, &PyTuple_Type, &records)) {
		Py_XDECREF(read);
		return -1;
	}
	open_format(read, &format);
	view->internal = read;
	view->format = text_of(&format);
	return 0;
}

/* The table of a format: nodes and texts. */
PyObject *format_table(PyObject *module, PyObject *text)
{
	Py_ssize_t count, length;
	char *utf8 = PyBytes_AsString(text);
	if (!utf8 || check_code(gmvCompile(utf8, NULL, &count, NULL, &length)) < 0)
		return NULL;
	PyObject *table = PyBytes_FromStringAndSize(NULL, count * sizeof(gmvNode) + length);
	if (table) {
		gmvNode *nodes = (gmvNode *)PyBytes_AsString(table);
		gmvCompile(utf8, nodes, &count, (char *)(nodes + count), &length);
	}
	return table;
}

/* The format of a view's items, which may run Python code when it is first asked for. */
static int format_of(MemoryView *self, Format *format)
{
	if (!self->view.internal) {
		Py_buffer fresh;
		if (format_read(self->view.format, &fresh) < 0)
			return -1;
		Py_XDECREF((PyObject *)self->view.internal); /* of those who asked meanwhile */
		self->view.internal = fresh.internal;
	}
	if (refuse_released(self) < 0)
		return -1;
	open_format(self->view.internal, format);
	return format->nodes->size <= self->view.itemsize ? 0 : check_code(gmvShort);
}

/* The bits of an item in the machine's byte order, or back. */
static uint64_t in_order(const gmvNode *node, uint64_t bits)
{
	return node->swapped ? __builtin_bswap64(bits) >> (64 - 8 * node->size) : bits;
}

static PyObject *load(Format *format, const gmvNode *node, const char *item);

/* A number, bytes or text. */
static PyObject *load_leaf(Format *format, const gmvNode *node, const char *item)
{
	if (node->plain && node->kind == gmvBytes)
		return PyBytes_FromStringAndSize(item, node->size);
	if (node->plain)
		return object_of_bits(node->kind, node->size, in_order(node, load_bits(item, node->size)));
	gmvValue value;
	PyObject *object, *room = PyBytes_FromStringAndSize(NULL, 2 * node->size);
	char *text = room ? PyBytes_AsString(room) : NULL;
	if (!text || check_code(gmvLoad(&value, text, (char *)format->texts + node->text, (char *)item)) < 0)
		object = NULL;
	else if (node->kind == gmvText)
		object = PyUnicode_DecodeUTF8(text, value.length, NULL);
	else if (node->kind == gmvPascal)
		object = PyBytes_FromStringAndSize(text, value.length);
	else
		object = node->kind == gmvComplex ? PyComplex_FromDoubles(value.real, value.imaginary) : PyFloat_FromDouble(value.real);
	Py_XDECREF(room);
	return object;
}

static PyObject *load_list(Format *format, const gmvNode *node, const char *item)
{
	PyObject *list = PyList_New(node->count);
	for (Py_ssize_t i = 0; list && i < node->count; i++) {
		PyObject *element = load(format, node + 1, item + i * node->stride);
		if (!element || PyList_SetItem(list, i, element) < 0)
			Py_CLEAR(list);
	}
	return list;
}

static PyObject *load_record(Format *format, const gmvNode *node, const char *item)
{
	PyObject *type = PyTuple_GetItem(format->records, node - format->nodes);
	if (!type)
		return NULL;
	PyObject *tuple = PyType_Check(type) ? PyType_GenericAlloc((PyTypeObject *)type, node->count) : PyTuple_New(node->count);
	const gmvNode *field = node + 1;
	for (Py_ssize_t i = 0; tuple && i < node->count; i++, field = format->nodes + field->next) {
		PyObject *value = load(format, field, item + field->offset);
		if (!value || PyTuple_SetItem(tuple, i, value) < 0)
			Py_CLEAR(tuple);
	}
	return tuple;
}

static PyObject *load(Format *format, const gmvNode *node, const char *item)
{
	return node->kind == gmvList ? load_list(format, node, item)
		: node->kind == gmvRecord ? load_record(format, node, item) : load_leaf(format, node, item);
}

/* An item of any format. The collector, which lists may start, finds the view in use. */
PyObject *format_get(MemoryView *self, const char *item)
{
	Format format;
	if (format_of(self, &format) < 0)
		return NULL;
	self->exports++;
	PyObject *object = load(&format, format.nodes, item);
	self->exports--;
	return object;
}

/* Writes an item of any format: numbers in a foreign byte order here, all else by way of a view of that item. */
int format_set(MemoryView *self, char *item, PyObject *value)
{
	Format format;
	if (format_of(self, &format) < 0)
		return -1;
	const gmvNode *node = format.nodes;
	if (node->plain && (node->kind == gmvInt || node->kind == gmvUint || node->kind == gmvFloat)) {
		uint64_t bits;
		MemoryView number = *self;
		number.kind = node->kind;
		number.size = node->size;
		if (bits_of_object(&number, value, &bits) < 0 || refuse_released(self) < 0)
			return -1;
		store_bits(item, in_order(node, bits), node->size);
		return 0;
	}
	Py_buffer one = self->view;
	one.buf = item;
	one.ndim = 0;
	one.suboffsets = NULL;
	PyObject *view = (PyObject *)view_again(self, &one), *done = view ? PyObject_CallMethod(view, "_fill", "Oi", value, 0) : NULL;
	Py_XDECREF(view);
	Py_XDECREF(done);
	return done ? 0 : -1;
}

/* _write(item): copies an item, which is bytes, to all items. */
PyObject *format_write(PyObject *object, PyObject *item)
{
	MemoryView *self = (MemoryView *)object;
	Format format;
	char *bytes = PyBytes_AsString(item);
	if (!bytes || format_of(self, &format) < 0)
		return NULL;
	if (self->view.readonly || PyBytes_Size(item) != format.nodes->size)
		return PyErr_SetString(PyExc_TypeError, "cannot modify read-only memory"), NULL;
	return check_code(gmvFill(BUFFER(&self->view), text_of(&format), bytes)) < 0 ? NULL : Py_NewRef(Py_None);
}

/* store(item, offset, format, kind, integer, real, imaginary, text): makes a part of an item, a bytearray, of a value. */
PyObject *format_store(PyObject *module, PyObject *args)
{
	Py_buffer item;
	Py_ssize_t offset;
	char *format;
	int kind, code;
	unsigned long long integer;
	gmvValue value;
	if (!PyArg_ParseTuple(args, "w*nsiKddy#:store", &item, &offset, &format, &kind, &integer, &value.real, &value.imaginary,
		&value.text, &value.length))
		return NULL;
	value.integer = integer;
	if (offset < 0 || offset > item.len)
		offset = item.len;
	code = gmvStore((char *)item.buf + offset, item.len - offset, format, kind, &value);
	PyBuffer_Release(&item);
	return check_code(code) < 0 ? NULL : Py_NewRef(Py_None);
}
