/*
 * part_tree.h - what a message is made of, as lines: the message, its parts, what
 * was unpacked from them, what is listed in archives, its links.
 *
 * Made from the record; valid as long as that.
 */
#ifndef PART_TREE_H
#define PART_TREE_H

#include "record/record.h"
#include "tui/view.h"

enum node_kind {
	NODE_MESSAGE,		/* all of it */
	NODE_PART,
	NODE_MEMBER,		/* a file that is listed in the part */
	NODE_MORE,		/* more of them than are shown: they stand on the part's page */
	NODE_LINKS		/* where its links lead */
};

struct node {
	enum node_kind kind;
	int depth;
	const struct rec_part *part;		/* of NODE_PART, NODE_MEMBER, NODE_MORE */
	const struct rec_member *member;	/* of NODE_MEMBER */
	const struct rec_finding *worst;	/* that was found of this file, or NULL */
};

struct part_tree {
	struct node *v;
	size_t n, cap;
	bool open;			/* the message still comes */
};

void part_tree_fini(struct part_tree *);
void part_tree_make(struct part_tree *, const struct rec_message *, bool open);
/* Where the part stands; 0: the message. SIZE_MAX: nowhere. */
size_t part_tree_find(const struct part_tree *, uint32_t part);
/* What a person wants to read first: the first text that is no attachment, else the message. */
size_t part_tree_first(const struct part_tree *);
/* One line of it, as wide as the area; `chosen` gets a mark. */
void part_tree_draw(const struct part_tree *, struct area, int y, size_t i, const struct rec_message *, bool chosen);

/* Is the finding about this file? They name it: "invoice.pdf.exe"; of one in another "outer.zip: setup.exe". */
bool part_tree_speaks_of(const struct rec_finding *, slice file);
/* "report.pdf", or "text/plain": appended, raw. */
void part_tree_name(const struct rec_part *, struct buf *out);
/* What its bytes are, if that is another thing than what was said; NULL: it is not. */
const char *part_tree_differs(const struct rec_part *);
/* … and how that is shown: where nothing much was said, it is no contradiction. */
enum style part_tree_differs_style(const struct rec_part *);

#endif
