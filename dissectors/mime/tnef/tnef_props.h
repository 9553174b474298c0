/*
 * tnef_props.h - the properties of MAPI in a TNEF attribute (MS-OXTNEF 2.1.3.4),
 * as a stream: a value of any size passes through.
 *
 * Of each value: begin, bytes, end. Values of one property that has several
 * come one after the other. What is not well formed ends it: `broken`.
 */
#ifndef MIME_TNEF_PROPS_H
#define MIME_TNEF_PROPS_H

#include "base/slice.h"

enum {				/* the types that matter here */
	TNEF_LONG = 0x0003, TNEF_OBJECT = 0x000d, TNEF_STRING8 = 0x001e, TNEF_UNICODE = 0x001f, TNEF_TIME = 0x0040,
	TNEF_BINARY = 0x0102
};

struct tnef_prop {
	uint16_t id, type;	/* type without the bit that says "several"; id from 0x8000 on: a name that the sender chose */
	uint32_t size;		/* of this value */
};

struct tnef_props_user {
	void *self;
	void (*begin)(void *self, const struct tnef_prop *);
	void (*bytes)(void *self, slice);
	void (*end)(void *self);
};

struct tnef_props {
	struct tnef_props_user user;
	uint8_t state;
	bool broken, done;
	uint8_t held[20];		/* of the number that is being read */
	uint8_t nheld;
	uint32_t props, values;		/* still to come */
	uint32_t left;			/* of the value or name */
	uint8_t pad;			/* behind it */
	struct tnef_prop prop;
	bool several;
};

void tnef_props_init(struct tnef_props *, const struct tnef_props_user *);
void tnef_props_feed(struct tnef_props *, slice);

#endif
