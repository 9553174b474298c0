/*
 * field.h - everything that can be asked about a record, by name.
 *
 * One table serves -Y, -T fields and -T csv. Names are Wireshark's where it
 * has one for the same thing, ours beyond.
 *
 * A field has a scope: what there is one of for each value. Session and
 * message are there once; recipient, reply, part … are lists, and comparisons
 * that are joined by && speak of the same element of a list.
 *
 * A field never says more than the record holds: what was not seen is absent,
 * and no comparison with it is true.
 */
#ifndef FILTER_FIELD_H
#define FILTER_FIELD_H

#include "base/buf.h"
#include "record/record.h"

enum field_type {
	FIELD_TEXT,
	FIELD_NUMBER,
	FIELD_ADDRESS,		/* of IP; a literal may be a network */
	FIELD_TIME,		/* since 1970, UTC */
	FIELD_SPAN,		/* seconds */
	FIELD_FLAG,		/* its name alone asks whether it is true */
	FIELD_SEVERITY,		/* info < note < warning < alert */
	FIELD_HEX		/* a digest, in lower case */
};

enum field_scope {
	SCOPE_SESSION, SCOPE_MESSAGE,				/* once */
	SCOPE_RECIPIENT, SCOPE_REPLY, SCOPE_PART, SCOPE_URL,	/* lists; a reply is a command and what was answered */
	SCOPE_HOP, SCOPE_HEADER, SCOPE_AUTH, SCOPE_FINDING,
	SCOPES
};
const char *field_scope_name(enum field_scope);		/* "recipient" */
const char *field_type_name(enum field_type);		/* "text" */

/* When a value can change no more: envelope: when the content of a message begins. */
enum field_settled { SETTLED_OPEN, SETTLED_ENVELOPE, SETTLED_MESSAGE, SETTLED_SESSION };

/* What the run must keep or compute for a field: see field_keeps(), field_wants(). */
enum {
	NEED_NAMES = 1,		/* uids and Community IDs */
	NEED_CONTENT = 2,	/* header fields, parts, links */
	NEED_HEADERS = 4,	/* all header fields */
	NEED_DIALOGUE = 8,	/* commands and replies */
	NEED_SHA256 = 16, NEED_SHA1 = 32, NEED_MD5 = 64,
	NEED_JUDGEMENT = 128,	/* findings about content */
	NEED_INSIDE = 256	/* what is listed in archives */
};

/* A value is borrowed: from the record, or from the room that the place names. */
struct value {
	slice text;		/* TEXT, HEX */
	int64_t number;		/* NUMBER, TIME, SPAN, FLAG, SEVERITY */
	struct addr addr;	/* ADDRESS */
};

/*
 * What is asked about. A message has its session. over: the session's record
 * is complete, and what is absent in it will stay so.
 */
struct unit {
	const struct rec_session *session;
	const struct rec_message *message;
	const struct rec_attempt *attempt;
	const struct rec_lone_finding *finding;
	bool over;
	bool begun;			/* of the message only the envelope is known */
	enum field_scope only;		/* of this list only the element `index` is there; SCOPE_SESSION: all lists are whole */
	size_t index;
};

/* A unit, and the element of the list that the field is of. */
struct place {
	const struct unit *unit;
	const void *element;
	struct buf *room;		/* for a text that stands nowhere as it is shown */
};

struct field {
	const char *name;
	enum field_type type;
	enum field_scope scope;
	enum field_settled settled;
	unsigned needs;
	bool (*get)(const struct field *, const struct place *, size_t k, struct value *value_r);	/* the k-th value; false: there is none */
	size_t at;			/* where the getter finds it */
	const char *header;		/* of which header field it is the value */
	bool folds_case;		/* upper and lower case are the same */
	bool may_be_empty;		/* an empty text is a value; else it is none, as in JSON */
	const char *(*word)(size_t i);	/* the only values that there are; NULL: any */
	const char *about;
};

extern const struct field fields[];
extern const size_t nfields;

const struct field *field_find(slice name);		/* case does not matter; NULL: none */
/* "; did you mean a, b or c?": the names that are most like it, the best first; nothing if none is. (nearest.c) */
void nearest_fields(struct buf *out, slice name);
void nearest_words(struct buf *out, slice word, const char *(*word_at)(size_t));

/* The elements of a list that are known of a unit; of a scope that is there once: one, if it is there. */
size_t      scope_count(enum field_scope, const struct unit *);
const void *scope_element(enum field_scope, const struct unit *, size_t i);
/* Will no further element come? */
bool        scope_settled(enum field_scope, const struct unit *);
bool        field_settled(const struct field *, const struct unit *);

unsigned field_keeps(unsigned needs);			/* as FOLD_… of record/fold.h */
uint32_t field_wants(unsigned needs);			/* as WANT_… of dissect/event.h */

/* Is it no value, though it holds a place in the list? */
bool value_is_absent(const struct field *, const struct value *);
/* The value as it is printed: addresses, times (UTC) and spans as JSON has them. Not cleaned. */
void value_add_text(struct buf *out, const struct field *, const struct value *, int digits);

#endif
