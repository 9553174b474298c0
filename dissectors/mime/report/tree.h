/*
 * tree.h - XML and JSON as one kind of stream: elements that have a name, hold
 * text and hold elements.
 *
 * For reports that strangers send: no recursion, bounded depth and names, no
 * entity but the five of XML and numeric ones. Fed pieces cut anywhere; text
 * comes in pieces. Of what is not well formed nothing is told from there on.
 *
 *	<a><b>1</b><b>2</b></a>		begin a, begin b, text 1, end, begin b, text 2, end, end
 *	{"b":[1,2]}			begin "", begin b, text 1, end, begin b, text 2, end, end
 *
 * Of XML, prefixes of names and attributes are dropped. Of JSON, the elements
 * of a list are told one by one under the list's name, and null has no text.
 *
 * BUGS: text is taken for UTF-8, whatever an XML declaration says.
 */
#ifndef MIME_TREE_H
#define MIME_TREE_H

#include "base/limits.h"
#include "base/slice.h"

struct tree_user {
	void *self;
	void (*begin)(void *self, slice name);
	void (*text)(void *self, slice);
	void (*end)(void *self);
};

struct tree_name {
	uint8_t text[LIMIT_TREE_NAME];
	uint8_t n;
	uint32_t hash;			/* of the whole name */
};

struct tree_stream {
	struct tree_user user;
	bool done;			/* the outermost element ended */
	bool broken;			/* not well formed, or too deep: nothing is told any more */
	uint8_t state, depth;
	uint8_t matched;		/* of what ends a comment; digits of an escape */
	uint8_t quote;			/* XML: the one that is open */
	bool in_key;			/* JSON: the string is a member's name */
	uint16_t unit, high;		/* JSON: the escape that is being read; the first half of a pair, or 0 */
	struct tree_name name;		/* or another word, being read */
	struct tree_level { struct tree_name name; bool list; } open[LIMIT_TREE_DEPTH];
};

void tree_xml_init(struct tree_stream *, const struct tree_user *);
void tree_json_init(struct tree_stream *, const struct tree_user *);
void tree_xml_feed(struct tree_stream *, slice);
void tree_json_feed(struct tree_stream *, slice);

/* For the two readers. */
void tree_name_add(struct tree_name *, uint8_t);
bool tree_name_is(const struct tree_name *, slice);
void tree_push(struct tree_stream *, const struct tree_name *, bool list);	/* too deep: broken */
void tree_text(struct tree_stream *, slice);
void tree_text_character(struct tree_stream *, uint32_t character);

#endif
