/*
 * ber.h - the elements of BER (X.690 8.1), as a stream: headers, and what
 * stands in them, cut anywhere. Both forms of length; what holds elements is
 * entered if the user wants that, or if its length is left open.
 *
 * BUGS: tags over 30 are read only in two bytes.
 */
#ifndef MIME_BER_H
#define MIME_BER_H

#include "base/limits.h"
#include "base/slice.h"

enum { BER_HEADER = 11 };

struct ber_element {
	slice header;			/* as it stands */
	uint8_t tag;			/* its first byte: 0x30 is a SEQUENCE */
	bool constructed;		/* it holds elements */
	bool open;			/* of no length: it goes to its end mark */
};

struct ber_user {
	void *self;
	bool (*begin)(void *self, const struct ber_element *);	/* true: enter it, if it is constructed */
	void (*bytes)(void *self, slice);			/* of the innermost element that was not entered */
	void (*end)(void *self, bool open);
};

struct ber_stream {
	struct ber_user user;
	bool done;			/* the outermost element ended */
	bool broken;			/* not well formed, or too deep */
	uint64_t at;			/* bytes taken */
	uint8_t header[BER_HEADER];
	uint8_t nheader;
	bool in_value;			/* of the innermost, which was not entered */
	unsigned depth;
	/* end: of an open one, that of what it stands in. */
	struct ber_level { uint64_t end; bool open; } level[LIMIT_BER_DEPTH];
};

void ber_init(struct ber_stream *, const struct ber_user *);
void ber_feed(struct ber_stream *, slice);

#endif
