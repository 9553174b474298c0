/*
 * lexer.h - the words of a filter.
 *
 * A word is anything that stands between blanks and the signs below: names,
 * numbers, addresses, networks. A text in quotes, double or single, may hold anything: \" \\ \n
 * \r \t \a \b \f \v \0 and \xHH as in C; with r before the quote a
 * backslash stands for itself.
 */
#ifndef FILTER_LEXER_H
#define FILTER_LEXER_H

#include "base/arena.h"

enum token_kind {
	TOKEN_END, TOKEN_BAD,		/* bad: token.fault says why */
	TOKEN_WORD, TOKEN_TEXT,		/* without and with quotes */
	TOKEN_OPEN, TOKEN_CLOSE, TOKEN_SET, TOKEN_SET_END, TOKEN_COMMA, TOKEN_TO,
	TOKEN_AND, TOKEN_OR, TOKEN_NOT, TOKEN_IN, TOKEN_ANY, TOKEN_ALL, TOKEN_COMPARE
};

enum compare {
	COMPARE_THERE,			/* it is there: no operator at all */
	COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE,
	COMPARE_CONTAINS, COMPARE_MATCHES, COMPARE_IN,
	COMPARE_ALL_EQ, COMPARE_ANY_NE	/* seen by the parser only */
};

struct token {
	enum token_kind kind;
	enum compare compare;
	slice text;			/* of a TOKEN_TEXT what the quotes hold, else as it stands there */
	size_t at, end;			/* where it stands */
	const char *fault;
};

struct lexer {
	slice text;
	size_t at;
	struct arena *arena;
};

struct token lexer_next(struct lexer *);

#endif
