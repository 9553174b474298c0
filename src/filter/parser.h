/*
 * parser.h - a filter's text as a tree.
 *
 *	filter	    = conjunction { ("||" | "or") conjunction }
 *	conjunction = factor { ("&&" | "and") factor }
 *	factor	    = { "!" | "not" } ( "(" filter ")" | test )
 *	test	    = [ "any" | "all" ] subject [ comparison ( value | subject ) | ["not"] "in" set ]
 *	subject	    = FIELD | "lower" "(" FIELD ")" | "upper" "(" FIELD ")" | "len" "(" FIELD ")"
 *	set	    = "{" value [ ".." value ] { "," value [ ".." value ] } "}" | "@" FILE
 *
 * At most LIMIT_FILTER_DEPTH parentheses and negations stand in each other,
 * so that whoever walks the tree may recurse.
 *
 * Two fields are compared value by value. Both are of one element, or one of
 * them is there once; and one that only the end of a session settles meets
 * none that a message has, for that is gone by then.
 *
 * != holds if there is a value and none is equal, as in Wireshark since
 * version 4; "any a != b" and "a !== b" if one is different, "all a == b" and
 * "a === b" if all are equal.
 */
#ifndef FILTER_PARSER_H
#define FILTER_PARSER_H

#include "field.h"
#include "lexer.h"
#include "literal.h"
#include "match.h"

enum transform { TRANSFORM_NONE, TRANSFORM_LOWER, TRANSFORM_UPPER, TRANSFORM_LENGTH };

struct operand {
	const struct field *field;
	const struct field *as;		/* the field, or the number that its length is */
	enum transform transform;
};

/* One comparison. */
struct test {
	struct operand left;
	struct operand right;		/* a field; field NULL: literals */
	enum compare compare;
	bool all;			/* of each value; else of any */
	bool invert;			/* holds where the comparison does not */
	struct literal *literal;	/* one, or those of a set */
	size_t nliteral;
	size_t nordered;		/* the first of a set are single values in ascending order */
	slice file;			/* the set's, or none */
	struct match *match;
	struct test *next;		/* all of a filter's, to be freed */
};

enum tree_kind { TREE_OR, TREE_AND, TREE_NOT, TREE_TEST };

struct tree {
	enum tree_kind kind;
	struct test *test;
	struct tree *child, *next;	/* the first child, the next sibling */
	struct tree *last;		/* the last child */
};

struct parser {
	struct lexer lexer;
	struct token token;		/* the one to be looked at */
	struct arena *arena;
	struct test *tests;
	unsigned depth;
	/* the first fault */
	size_t at, end;
	struct buf *error;
};

/* NULL: the sentence stands in `error`, its place in at and end. Tests are the caller's even then: parser_free_tests(). */
struct tree *parser_run(struct parser *, slice text, struct arena *, struct buf *error);
void parser_free_tests(struct test *);

/* The tree as text that means the same. */
void tree_print(const struct tree *, struct buf *out);

#endif
