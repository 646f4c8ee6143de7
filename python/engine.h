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
	gmvComplex, /* from here on: only inside of formats that have nodes */
	gmvBytes,   /* bytes of any length */
	gmvPascal,  /* bytes whose length stands before them */
	gmvText,
	gmvList,
	gmvRecord, /* tuple */
};

/* A part of a format: the whole, a field, an element. What is inside of it follows: an element for a list, fields for a
   record. */
typedef struct {
	unsigned char kind;
	unsigned char plain;   /* a number or bytes that C can read */
	unsigned char swapped; /* in the byte order that is not the machine's */
	ptrdiff_t offset;      /* bytes from the start of what it is inside of */
	ptrdiff_t size;        /* bytes */
	ptrdiff_t count;       /* elements or fields */
	ptrdiff_t stride;      /* bytes from element to element */
	ptrdiff_t next;        /* the number of the node after all that is inside */
	ptrdiff_t name, text;  /* where the field's name and its format stand among the texts; "" for none */
} gmvNode;

/* A value on its way into an item or out of it; its kind says which of these it is. */
typedef struct {
	int64_t integer; /* also of gmvUint, as its bits, and gmvBool */
	double real, imaginary;
	const char *text; /* bytes, or text in UTF-8 */
	ptrdiff_t length; /* bytes */
} gmvValue;

/* A part of an index: a slice, an integer, which is the start, or an ellipsis. */
enum { gmvSlice, gmvIndexed, gmvEllipsis };
typedef struct {
	int kind;
	ptrdiff_t start, stop, step;
} gmvCut;

enum { gmvCodes = 128 };

/* An item format of one character. */
typedef struct {
	unsigned char kind;
	unsigned char size;            /* bytes */
	unsigned char as_bytes;        /* whether items are equal exactly when their bytes are */
	unsigned char casts[gmvCodes]; /* whether there is a cast to each of the others */
} gmvCode;

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
	gmvUnreadable, /* from here on gmvReason tells why: a format */
	gmvBadValue,
	gmvBadType,
	gmvBadIndex,
	gmvBadBuffer,
};

#endif
