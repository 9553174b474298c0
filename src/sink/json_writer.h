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

enum { JSON_CUT_KEYS = 32 };

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

void json_end(struct json *);					/* } */
void json_list_end(struct json *);				/* ] */
void json_line_end(struct json *);				/* LF */
void json_text(struct json *, slice key, slice);		/* from the wire; empty: nothing is written */
void json_texts(struct json *, slice key, const slice *, size_t n);	/* a list of them */
void json_time(struct json *, slice key, nstime);		/* NSTIME_NONE: nothing is written */
void json_date(struct json *, slice key, nstime);		/* of a header: whole seconds, a fraction would be ours */
void json_seconds(struct json *, slice key, nstime);		/* a duration: 0.021; NSTIME_NONE: nothing */
void json_hex(struct json *, slice key, slice);
void json_note_cut(struct json *, slice name);			/* a name without quotes */

/* For the inline functions below. */
void json_put_number(struct json *, uint64_t);

static inline void
json_put(struct json *j, slice s)
{
	struct buf *b = &j->out;

	if (b->cap - b->n < s.n)
		buf_reserve(b, s.n);
	if (s.n > 0)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

/*
 * The comma, if anything stands before that did not just open an object or a
 * list (no value ends as those begin), and the key. Inline, because keys are
 * constants: copying one is a few stores.
 */
static inline void
json_lead(struct json *j, slice key)
{
	struct buf *b = &j->out;
	uint8_t last = b->n ? b->p[b->n - 1] : '\n', *at;

	if (b->cap - b->n < key.n + 1)
		buf_reserve(b, key.n + 1);
	at = b->p + b->n;
	*at = ',';
	at += last != '{' && last != '[' && last != '\n';
	if (key.n > 0)
		memcpy(at, key.p, key.n);
	b->n = (size_t)(at - b->p) + key.n;
}

static inline void
json_begin(struct json *j, slice key)
{
	json_lead(j, key);
	json_put(j, S("{"));
}

static inline void
json_list(struct json *j, slice key)
{
	json_lead(j, key);
	json_put(j, S("["));
}

static inline void
json_number(struct json *j, slice key, uint64_t v)
{
	json_lead(j, key);
	json_put_number(j, v);
}

static inline void
json_integer(struct json *j, slice key, int64_t v)
{
	json_lead(j, key);
	if (v < 0)
		json_put(j, S("-"));
	json_put_number(j, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static inline void
json_bool(struct json *j, slice key, bool v)
{
	json_lead(j, key);
	json_put(j, v ? S("true") : S("false"));
}

/* A constant of ours: printable ASCII without quotes; NULL: nothing. */
static inline void
json_word(struct json *j, slice key, const char *word)
{
	if (word == NULL)
		return;
	json_lead(j, key);
	json_put(j, S("\""));
	json_put(j, slice_of(word));
	json_put(j, S("\""));
}

#endif
