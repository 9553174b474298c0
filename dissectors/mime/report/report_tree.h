/*
 * report_tree.h - a report in XML or JSON into facts, by a table that names
 * the elements that matter.
 *
 * A form lists its elements, each with the element it stands in. Elements that
 * are not listed, and what is in them, are passed over.
 */
#ifndef MIME_REPORT_TREE_H
#define MIME_REPORT_TREE_H

#include "dissectors/mime/archive/unwrap.h"
#include "dissectors/mime/content/facts.h"
#include "tree.h"

enum report_kind {
	REPORT_IN,		/* only what is in it matters */
	REPORT_GROUP,		/* the same, and it begins the next group */
	REPORT_FACT,		/* its text is a fact */
	REPORT_TIME,		/* its text is a fact: seconds since 1970, told as RFC 3339 */
	REPORT_LIST,		/* the items in it are one fact: "name=value name=value" */
	REPORT_ITEM
};

enum { REPORT_TOP = 0 };	/* the parent of the outermost element; the first place of a form's table is empty */

struct report_node {
	uint8_t parent;
	enum report_kind kind;
	slice element;
	slice name;		/* of the fact; none: the element's */
};

struct report;

struct report_form {
	const struct report_node *nodes;
	size_t n;
	void (*init)(struct tree_stream *, const struct tree_user *);
	void (*feed)(struct tree_stream *, slice);
	void (*value)(struct report *, unsigned node, slice);	/* of facts and items; may be NULL */
	void (*ended)(struct report *, unsigned node);		/* any element of the form; may be NULL */
};

struct report {
	const struct report_form *form;
	struct facts facts;
	struct unwrap unwrap;
	struct tree_stream tree;
	struct buf text, list;
	uint8_t at[LIMIT_TREE_DEPTH + 1];	/* the elements that are open: those that hold some, and a value */
	unsigned depth;
	unsigned group, groups;		/* the one that is told now; how many there were */
};

void report_open(struct report *, const struct report_form *, const struct opener_user *);
/* As an opener has them; the state begins with a struct report. */
void report_feed(void *, slice);
void report_gap(void *, uint64_t missing);	/* ends the interest: a tree with a hole is none */
bool report_close(void *, bool whole);
size_t report_memory(const void *);

#endif
