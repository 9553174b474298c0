/*
 * json_writer.h - JSON text into a buf, one value after the other.
 *
 * Commas come by themselves. Keys are constants of ours, never bytes from the
 * wire: KEY("size") is the key ready to be copied, JSON_ITEM stands for none
 * (an element of a list). What comes from the wire is a slice: it is
 * cleaned, and if it is not UTF-8 its exact bytes follow under "…_b64".
 *
 * A writer may shorten long texts (text_max); it remembers the keys of those
 * that it cut.
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include <string.h>

#include "base/buf.h"
#include "base/nstime.h"

enum { JSON_CUT_KEYS = 16 };

struct json {
	struct buf out;
	int digits;			/* of times */
	size_t text_max;		/* longer texts are cut: see json_text() */
	slice cut[JSON_CUT_KEYS];	/* names of what was cut, each once */
	size_t ncut;
	int64_t second;			/* the last time written, for the next one is often in the same second */
	char date[NSTIME_TEXT];		/* its text, without fraction */
};

#define KEY(name)  S("\"" name "\":")
#define JSON_ITEM  SLICE_NONE

void json_init(struct json *);
void json_fini(struct json *);
void json_clear(struct json *);			/* for the next line; what was cut is forgotten too */

void json_begin(struct json *, slice key);	/* { */
void json_end(struct json *);
void json_list(struct json *, slice key);	/* [ */
void json_list_end(struct json *);
void json_number(struct json *, slice key, uint64_t);
void json_integer(struct json *, slice key, int64_t);
void json_bool(struct json *, slice key, bool);
void json_word(struct json *, slice key, const char *);		/* a constant of ours: printable ASCII without quotes; NULL: nothing */
void json_text(struct json *, slice key, slice);		/* from the wire; p == NULL: nothing is written */
void json_texts(struct json *, slice key, const slice *, size_t n);	/* a list of them */
void json_time(struct json *, slice key, nstime);		/* NSTIME_NONE: nothing is written */
void json_seconds(struct json *, slice key, nstime);		/* a duration: 0.021; NSTIME_NONE: nothing */
void json_hex(struct json *, slice key, slice);
void json_line_end(struct json *);				/* LF */

void json_note_cut(struct json *, slice name);			/* a name without quotes */

#endif
