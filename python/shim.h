//go:build extension

/* The shim: what CPython must find in C. Its files share this. */

#ifndef GMV_SHIM_H
#define GMV_SHIM_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#include "_cgo_export.h"

/* The Python that runs the module; one build serves many. */
#ifdef Py_LIMITED_API
#define RUNNING Py_Version
#else
#define RUNNING PY_VERSION_HEX
#endif

#define MAX_DIMS 64 /* PyBUF_MAX_NDIM */

/* Flags of types that the limited headers leave out: Py_TPFLAGS_SEQUENCE, DISALLOW_INSTANTIATION, IMMUTABLETYPE. */
enum { TYPE_SEQUENCE = 1 << 5, TYPE_UNMADE = 1 << 7, TYPE_IMMUTABLE = 1 << 8 };

/* The types of one interpreter. */
typedef struct State {
	PyTypeObject *memoryview;
	PyTypeObject *managed;
	PyTypeObject *iterator;
	PyTypeObject *view; /* the base of View */
	void *spare_view; /* the block of a memoryview of few dimensions that has gone, */
	void *spare_loan; /* and of a managed buffer: see free_object */
	PyInterpreterState *interpreter; /* capsule.c's, */
	struct State *next;              /* by which it finds the state of an interpreter */
} State;

/* One loan of an exporter, shared by all views that are made of it. */
typedef struct {
	PyObject_HEAD
	uint64_t exports : 62; /* views that use it */
	uint64_t released : 1;
	uint64_t tracked : 1; /* by the collector */
	PyObject *kept; /* the owner of memory that nobody lent, or a format's text that nobody else keeps, or NULL */
	Py_buffer master;
} ManagedBuffer;

enum {
	VIEW_RELEASED = 1,
	VIEW_C = 2,        /* contiguous in C order */
	VIEW_F = 4,        /* contiguous in Fortran order */
	VIEW_INDIRECT = 8, /* has suboffsets */
	VIEW_ND = 16,      /* is a View, which refuses less than a memoryview */
};

/* A view, laid out as CPython's: its sizeof is told to everybody. */
typedef struct {
	PyObject_VAR_HEAD
	ManagedBuffer *managed; /* NULL only once the collector has cleared the view, which releases it */
	Py_hash_t hash;         /* -1 until it is known */
	int flags;
	unsigned char letter;   /* of the format: see letter_of */
	unsigned char kind;     /* of the items: gmvNone where they cannot be read */
	unsigned char size;     /* bytes of one, at most the itemsize */
	Py_ssize_t exports;     /* loans that are out */
	Py_buffer view;
	PyObject *weakrefs;
	Py_ssize_t array[1];    /* room for shape, strides and suboffsets */
} MemoryView;

/* A loan for the time of a call, and its layout in full. */
typedef struct {
	Py_buffer lent, layout;
	Py_ssize_t room[3 * MAX_DIMS];
} Borrowed;

#define OBJECT(self) ((PyObject *)(self))
#define IS_RELEASED(self) (((self)->flags & VIEW_RELEASED) || (self)->managed->released)
#define BUFFER(view) ((gmvBuffer *)(view))

/* What tests and the C interface find in the library. */
#define API __attribute__((visibility("default")))

/* module.c */
extern State *latest;
State *find_state(PyTypeObject *type);
extern gmvCode codes[gmvCodes];

/* Whether a type is the memoryview that was asked for last. */
static inline int is_at_hand(PyTypeObject *type)
{
	return latest && latest->memoryview == type;
}

/* The types of the interpreter that a type of views belongs to; NULL with an exception once its module is cleared. */
static inline State *state_of(PyTypeObject *type)
{
	return is_at_hand(type) ? latest : find_state(type);
}

/* Frees the block of an object, or leaves it as a spare for the next one: to have it made and cleared each time is half of what
   a short-lived view costs. */
static inline void free_object(void *object, void **spare)
{
#ifdef __SANITIZE_ADDRESS__ /* it is to see who uses what has gone */
	spare = NULL;
#endif
	if (spare && !*spare)
		*spare = object;
	else
		PyObject_GC_Del(object);
}

/* arguments.c */
int read_arguments(const char *format, char **keywords, int least, int most, PyObject *const *args, Py_ssize_t n, PyObject *names, PyObject **values);

/* errors.c */
int refuse(PyObject *type, const char *text);
int check_code(int code);

static inline int refuse_released(MemoryView *self)
{
	return IS_RELEASED(self) ? refuse(PyExc_ValueError, "operation forbidden on released memoryview object") : 0;
}

/* The format, where it is one character beside '@', or 0. */
static inline unsigned char letter_of(const char *format)
{
	format += *format == '@';
	return format[0] && !format[1] ? format[0] : 0;
}

/* What the engine says of a format: nothing unless it is supported. */
static inline const gmvCode *code_of(unsigned char letter)
{
	return &codes[letter < gmvCodes ? letter : 0];
}

/* A number of C's, which may lie at any address. */
#define LOAD(type, item)                                  \
	({                                                \
		type number_;                             \
		memcpy(&number_, (item), sizeof number_); \
		number_;                                  \
	})

/* The float or double of that size. */
static inline double load_float(const char *item, int size)
{
	return size == sizeof(float) ? LOAD(float, item) : LOAD(double, item);
}

/* Where index i along a dimension lies, from what lies at p. */
static inline char *step(const Py_buffer *view, const char *p, int dim, Py_ssize_t i)
{
	p += view->strides[dim] * i;
	if (view->suboffsets && view->suboffsets[dim] >= 0)
		p = *(char *const *)p + view->suboffsets[dim];
	return (char *)p;
}

/* threads.c */
PyThreadState *bulk_begin(Py_ssize_t size);
void bulk_end(PyThreadState *thread);
int watch_forks(void);

/* Has the engine do work on so many bytes of a view, which is in use meanwhile. It comes to the code of the call. */
#define ENGINE(self, size, call)                           \
	({                                                 \
		(self)->exports++;                         \
		PyThreadState *thread_ = bulk_begin(size); \
		int code_ = (call);                        \
		bulk_end(thread_);                         \
		(self)->exports--;                         \
		code_;                                     \
	})

/* layout.c */
int check_layout(const Py_buffer *src);
void copy_layout(Py_buffer *dst, const Py_buffer *src, Py_ssize_t *room);
int slice_layout(Py_buffer *view, int dim, PyObject *slice);
int contiguity(const Py_buffer *view);
const gmvCode *small_and_alike(const Py_buffer *a, const Py_buffer *b);

/* managed.c */
extern PyType_Spec managed_spec;
ManagedBuffer *managed_new(PyTypeObject *type);
ManagedBuffer *managed_take(PyTypeObject *type, PyObject *exporter, int flags);
void managed_release(ManagedBuffer *managed);
int borrow(PyObject *exporter, Borrowed *borrowed);
void give_back(Py_buffer *loan);

/* view.c */
PyTypeObject *view_type(PyObject *module, int nd);
MemoryView *view_of(PyTypeObject *type, ManagedBuffer *managed, const Py_buffer *src);
MemoryView *view_again(MemoryView *of, const Py_buffer *layout);
int view_release(MemoryView *self);

/* from.c: five of the seven functions of the C interface; the other two are macros */
API PyObject *gmv_from_object(PyTypeObject *type, PyObject *object);
PyObject *from_object(PyTypeObject *type, PyObject *object, int flags);
API PyObject *gmv_from_memory(PyTypeObject *type, char *memory, Py_ssize_t size, int access);
API PyObject *gmv_from_buffer(PyTypeObject *type, const Py_buffer *info);
API PyObject *gmv_get_contiguous(PyTypeObject *type, PyObject *object, int access, char order);
API int gmv_check(PyTypeObject *type, PyObject *object);

/* capsule.c */
int capsule_add(PyObject *module, State *state);
void capsule_forget(State *state);

/* item.c */
int check_format(MemoryView *self);
uint64_t load_bits(const char *item, int size);
void store_bits(char *item, uint64_t bits, int size);
PyObject *object_of_bits(int kind, int size, uint64_t bits);
int bits_of_object(MemoryView *self, PyObject *value, uint64_t *bits);
PyObject *item_get(MemoryView *self, const char *item);
int item_set(MemoryView *self, char *item, PyObject *value);

/* format.c */
int format_read(const char *text, Py_buffer *view);
PyObject *format_table(PyObject *module, PyObject *text);
PyObject *format_store(PyObject *module, PyObject *args);
PyObject *format_get(MemoryView *self, const char *item);
int format_set(MemoryView *self, char *item, PyObject *value);
PyObject *format_write(PyObject *self, PyObject *item);

/* nd.c */
PyMethodDef *nd_methods(const PyMethodDef *shared, int n);
PyObject *nd_item(PyObject *self, Py_ssize_t index);
PyObject *nd_subscript(PyObject *self, PyObject *key);
int nd_assign(PyObject *self, PyObject *key, PyObject *value);

/* index.c */
int is_index(PyObject *key);
int is_slice(PyObject *key);
int all(PyObject *key, int (*is)(PyObject *));
PyObject *view_item(PyObject *self, Py_ssize_t index);
PyObject *view_subscript(PyObject *self, PyObject *key);
int view_assign(PyObject *self, PyObject *key, PyObject *value);

/* export.c */
int view_getbuffer(PyObject *self, Py_buffer *view, int flags);
void view_releasebuffer(PyObject *self, Py_buffer *view);

/* attributes.c */
extern PyGetSetDef view_attributes[];
Py_ssize_t view_length(PyObject *self);

/* compare.c */
PyObject *view_compare(PyObject *self, PyObject *other, int op);
Py_hash_t view_hash(PyObject *self);

/* iterate.c */
extern PyType_Spec iterator_spec;
PyObject *view_iter(PyObject *self);

/* convert.c */
int must_be(const char *argument, const char *wanted, PyObject *got);
int as_int(PyObject *value, int *x);
PyObject *view_bytes(MemoryView *self, char order);
PyObject *view_tobytes(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names);
PyObject *view_hex(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names);
PyObject *view_tolist(PyObject *self, PyObject *unused);

/* cast.c */
PyObject *view_cast(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names);
PyObject *view_toreadonly(PyObject *self, PyObject *unused);

/* dlpack.c */
PyObject *tensor_lend(PyObject *module, PyObject *args);
PyObject *tensor_read(PyObject *module, PyObject *capsule);

/* search.c */
PyObject *view_count(PyObject *self, PyObject *value);
PyObject *view_index(PyObject *self, PyObject *args);

#endif
