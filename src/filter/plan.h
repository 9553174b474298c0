/*
 * plan.h - what a tree asks: of which list's one element which comparisons
 * hold together.
 *
 *	a && b (of one list)	SOME element: a and b
 *	a != x			SOME element has a, and not SOME: a == x
 *
 * A question (SOME) is the unit of evaluation: it is answered from the
 * records, everything above it is logic of three values.
 */
#ifndef FILTER_PLAN_H
#define FILTER_PLAN_H

#include "parser.h"

enum node_kind { NODE_OR, NODE_AND, NODE_NOT, NODE_SOME };

struct node {
	enum node_kind kind;
	struct node *child, *next;
	/* SOME */
	enum field_scope scope;
	const struct tree **member;	/* all hold for one element */
	size_t nmember;
	enum field_settled settled;	/* the latest of the fields */
	size_t number;			/* of the question */
};

/* NULL: why. Nodes stand in the arena; *question_r is a list of all SOME, by number, to be freed. */
struct node *plan_make(const struct tree *, struct arena *, struct node ***question_r, size_t *n_r, struct buf *error);

#endif
