/* What the shim in C and the engine in Go know of each other. There is no Python in it, so that the Go
   side builds and is tested without Python's headers. */

#ifndef GMV_ENGINE_H
#define GMV_ENGINE_H

#include <stddef.h>
#include <stdint.h>

/* A Py_buffer, field by field; the shim asserts that the two are alike. */
typedef struct {
	void *buf;
	void *obj;
	ptrdiff_t len;
	ptrdiff_t itemsize;
	int readonly;
	int ndim;
	char *format;
	ptrdiff_t *shape;
	ptrdiff_t *strides;
	ptrdiff_t *suboffsets;
	void *internal;
} gmvBuffer;

/* What an item is in Python. */
enum {
	gmvNone, /* nothing: the format is not supported */
	gmvBool,
	gmvByte,    /* bytes of length 1 */
	gmvInt,     /* int, signed */
	gmvUint,    /* int, unsigned */
	gmvAddress, /* int; any that fits a pointer is taken */
	gmvFloat,
};

/* An item format of one character. */
typedef struct {
	unsigned char kind;
	unsigned char size;     /* bytes */
	unsigned char as_bytes; /* whether items are equal exactly when their bytes are */
} gmvCode;

enum { gmvCodes = 128 };

/* Items are unpacked so many at a time. */
enum { gmvMost = 64 };

/* A batch of them, as their kind has them. */
typedef struct {
	union {
		int64_t ints[gmvMost];
		uint64_t uints[gmvMost]; /* addresses too */
		double floats[gmvMost];
		unsigned char bytes[gmvMost]; /* bools too */
	} values;
	unsigned char packed[gmvMost * sizeof(int64_t)]; /* the engine's: the items side by side, */
	ptrdiff_t shape, stride, stride_packed;            /* and layouts, so that it allocates none */
} gmvBatch;

/* Shapes that are not given as extents. */
enum { gmvNoShape = -1, gmvOddShape = -2 };

/* What became of a call: 0, or why not. errors.c says each in Python's words. */
enum {
	gmvDone,
	gmvCrashed,        /* a bug in the engine, which gmvReason tells */
	gmvFault,          /* the memory is gone */
	gmvFormat,         /* the format cannot be read */
	gmvShort,          /* the items are shorter than their format says */
	gmvRange,          /* a value has no place in the item */
	gmvStructure,      /* the two sides of an assignment are unlike */
	gmvNotContiguous,  /* from here on: cast */
	gmvZeros,
	gmvShapeType,
	gmvDimensions,
	gmvOneDimension,
	gmvFormatText,
	gmvDestination,
	gmvTwoFormats,
	gmvLength,
	gmvExtentType,
	gmvExtent,
	gmvProduct,
	gmvSize,
};

#endif
