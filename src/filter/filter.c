/*
 * filter.c - a filter made, and asked.
 */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/limits.h"
#include "plan.h"
#include "values.h"

enum { SHOWN = 100, SHOWN_BEFORE = 60 };	/* bytes of a text with a fault in it */

struct filter {
	struct arena *arena;
	slice text;
	struct tree *tree;
	struct test *tests;
	struct node *plan, **question;
	size_t nquestion;
	unsigned needs;
};

/* --- faults --- */

/* Not inside a character. */
static size_t
character_start(slice s, size_t at)
{
	while (at > 0 && at < s.n && (s.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* The text, cut around the place, and a caret under it. */
static void
point_at(struct buf *error, slice text, size_t at, size_t end)
{
	size_t from = character_start(text, at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0);
	size_t to = character_start(text, from + SHOWN < text.n ? from + SHOWN : text.n);
	slice before = slice_drop(slice_take(text, at), from), marked;

	marked = slice_drop(slice_take(text, end < to ? end : to), at);
	buf_text(error, from > 0 ? "\n    ..." : "\n    ");
	clean_add(error, slice_drop(slice_take(text, to), from), CLEAN_TERMINAL);
	buf_text(error, to < text.n ? "...\n" : "\n");
	buf_spaces(error, (from > 0 ? 7 : 4) + clean_width(before));
	buf_add_byte(error, '^');
	for (size_t i = 1; i < clean_width(marked); i++)
		buf_add_byte(error, '~');
}

/* --- made --- */

static bool
compile(struct filter *f, struct parser *p, struct buf *error)
{
	f->tree = parser_run(p, f->text, f->arena, error);
	f->tests = p->tests;
	if (f->tree == NULL) {
		if (slice_trim(f->text).n > 0)
			point_at(error, f->text, p->at, p->end);
		return false;
	}
	f->plan = plan_make(f->tree, f->arena, &f->question, &f->nquestion, error);
	for (const struct test *t = f->tests; t != NULL; t = t->next) {
		f->needs |= t->left.field->needs;
		f->needs |= t->right.field != NULL ? t->right.field->needs : 0;
	}
	return f->plan != NULL;
}

struct filter *
filter_new_where(slice text, struct buf *error, size_t *from, size_t *to)
{
	struct filter *f;
	struct parser parser = { .end = text.n };

	*from = 0;
	*to = text.n;
	if (text.n > LIMIT_FILTER) {
		buf_printf(error, "the filter is longer than %zu bytes: put values into a file, as in @FILE", LIMIT_FILTER);
		return NULL;
	}
	f = xcalloc(1, sizeof *f);
	f->arena = arena_new(LIMIT_FILTER_MEMORY);
	if (arena_copy(f->arena, text, &f->text) && compile(f, &parser, error))
		return f;
	if (f->tree == NULL) {
		*from = parser.at;
		*to = parser.end < text.n ? parser.end : text.n;
	}
	filter_free(&f);
	return NULL;
}

struct filter *
filter_new(slice text, struct buf *error)
{
	size_t from, to;

	return filter_new_where(text, error, &from, &to);
}

void
filter_free(struct filter **fp)
{
	struct filter *f = *fp;

	if (f == NULL)
		return;
	parser_free_tests(f->tests);
	free(f->question);
	arena_free(&f->arena);
	free(f);
	*fp = NULL;
}

slice
filter_text(const struct filter *f)
{
	return f->text;
}

void
filter_print(const struct filter *f, struct buf *out)
{
	tree_print(f->tree, out);
}

unsigned
filter_needs(const struct filter *f)
{
	return f->needs;
}

/* --- one comparison with one value --- */

static bool
contains(slice text, slice piece)
{
	size_t at;

	for (; text.n >= piece.n; text = slice_drop(text, at + 1)) {
		if (piece.n == 0)
			return true;
		if (!slice_find(text, piece.p[0], &at) || text.n - at < piece.n)
			return false;
		if (memcmp(text.p + at, piece.p, piece.n) == 0)
			return true;
	}
	return false;
}

static bool
contains_folded(slice text, slice piece)
{
	for (; text.n >= piece.n; text = slice_drop(text, 1))
		if (slice_istarts(text, piece))
			return true;
	return false;
}

static bool
is_ordered(const struct test *t, const struct value *v, const struct literal *l)
{
	/* Of a network the near end counts: below it, or above it. */
	bool near = t->compare == COMPARE_LT || t->compare == COMPARE_GE, comparable;
	int order = value_compare(t->left.as, v, near ? &l->from : &l->to, &comparable);

	switch (comparable ? t->compare : COMPARE_THERE) {
	case COMPARE_LT:	return order < 0;
	case COMPARE_LE:	return order <= 0;
	case COMPARE_GT:	return order > 0;
	case COMPARE_GE:	return order >= 0;
	default:		return false;
	}
}

static bool
compares(const struct test *t, const struct value *v, const struct literal *l)
{
	switch (t->compare) {
	case COMPARE_THERE:	return t->left.field->type != FIELD_FLAG || v->number != 0;
	case COMPARE_EQ:	return value_is_in(t->left.as, v, l);
	case COMPARE_NE:	return !value_is_in(t->left.as, v, l);
	case COMPARE_CONTAINS:	return t->left.as->folds_case ? contains_folded(v->text, l->from.text) : contains(v->text, l->from.text);
	case COMPARE_MATCHES:	return match_test(t->match, v->text);
	case COMPARE_IN:	return values_have(t, v);
	default:		return is_ordered(t, v, l);
	}
}

/* The number of characters; invalid bytes are one each. */
static size_t
length(slice s)
{
	size_t n = 0;
	uint32_t c;

	for (; s.n > 0; n++)
		s = slice_drop(s, utf8_take(s, &c));
	return n;
}

static void
change(enum transform transform, struct value *v, struct buf *room)
{
	struct buf changed;

	if (transform == TRANSFORM_NONE)
		return;
	if (transform == TRANSFORM_LENGTH) {
		v->number = (int64_t)length(v->text);
		return;
	}
	/* The text may stand in the room itself. */
	buf_init(&changed, SIZE_MAX / 2);
	buf_reserve(&changed, v->text.n);
	for (size_t i = 0; i < v->text.n; i++)
		buf_add_byte(&changed, transform == TRANSFORM_LOWER ? char_lower(v->text.p[i]) : char_upper(v->text.p[i]));
	buf_clear(room);
	buf_add(room, buf_slice(&changed));
	buf_fini(&changed);
	v->text = v->text.n > 0 ? buf_slice(room) : v->text;
}

/* The k-th value of an operand; false: there is none. One that is absent holds a place, and is no value. */
static bool
nth_value(const struct operand *o, const struct place *at, size_t k, struct value *v, bool *absent_r)
{
	*v = (struct value){ 0 };
	if (!o->field->get(o->field, at, k, v))
		return false;
	*absent_r = value_is_absent(o->field, v);
	if (!*absent_r)
		change(o->transform, v, at->room);
	return true;
}

/* Another field's values: of any, or of all of them. In what is asked of none (COMPARE_IN of no values) it need only be there. */
static bool
meets_field(const struct test *t, const struct place *at, const struct value *v)
{
	struct place other = *at;
	struct buf room;
	struct literal l = { 0 };
	bool absent, any = false, decided = false;

	buf_init(&room, SIZE_MAX / 2);
	other.room = &room;
	for (size_t k = 0; !decided && nth_value(&t->right, &other, k, &l.from, &absent); k++) {
		bool yes;

		if (absent)
			continue;
		l.to = l.from;
		yes = (t->compare != COMPARE_IN && compares(t, v, &l)) != t->invert;
		decided = yes != t->all;
		any = true;
	}
	buf_fini(&room);
	return decided ? !t->all : t->all && any;
}

static bool
holds(const struct test *t, const struct place *at)
{
	struct value v;
	bool any = false, absent;

	for (size_t k = 0; nth_value(&t->left, at, k, &v, &absent); k++) {
		bool yes;

		if (absent)
			continue;
		yes = t->right.field != NULL ? meets_field(t, at, &v) : compares(t, &v, t->literal) != t->invert;
		if (yes != t->all)
			return yes;		/* any: this one does; all: this one does not */
		any = true;
	}
	return t->all && any;
}

/* --- one element --- */

static bool
tree_holds(const struct tree *t, const struct place *at)
{
	if (t->kind == TREE_TEST)
		return holds(t->test, at);
	if (t->kind == TREE_NOT)
		return !tree_holds(t->child, at);
	for (const struct tree *c = t->child; c != NULL; c = c->next)
		if (tree_holds(c, at) != (t->kind == TREE_AND))
			return t->kind == TREE_OR;
	return t->kind == TREE_AND;
}

static bool
element_holds(const struct node *n, const struct place *at)
{
	for (size_t i = 0; i < n->nmember; i++)
		if (!tree_holds(n->member[i], at))
			return false;
	return true;
}

/* What is there once: a value that may still change tells nothing, but that a flag is up. */
static enum truth
ask_once(const struct node *n, const struct unit *u, const struct place *at)
{
	const struct test *t = n->member[0]->test;
	bool yes = holds(t, at);

	if (field_settled(t->left.field, u) && (t->right.field == NULL || field_settled(t->right.field, u)))
		return yes ? TRUTH_YES : TRUTH_NO;
	return yes && t->left.field->settled == SETTLED_SESSION && t->compare == COMPARE_THERE && t->left.field->type == FIELD_FLAG
	    ? TRUTH_YES : TRUTH_UNSURE;
}

/* Will no reply be told of it any more? Those of a message were all told with its record. */
static bool
is_final(const struct unit *u, const struct rec_exchange *e)
{
	const struct rec_message *m = u->message;

	return e->answered || (m != NULL && !u->begun && e >= m->exchange && e < m->exchange + m->nexchange);
}

/* May the element still change? A command that waits for its reply; a recipient's fate while there is no reply to the content. */
static bool
is_open(const struct node *n, const struct unit *u, const void *element)
{
	if (u->session == NULL || u->over)
		return false;
	if (n->scope == SCOPE_REPLY)
		return !is_final(u, element);
	return u->begun && n->scope == SCOPE_RECIPIENT && n->settled > SETTLED_ENVELOPE;
}

static enum truth
ask(const struct node *n, const struct unit *u, struct buf *room)
{
	struct place at = { .unit = u, .room = room };
	size_t count = scope_count(n->scope, u);
	bool open = false;

	if (n->scope <= SCOPE_MESSAGE)
		return ask_once(n, u, &at);
	for (size_t i = 0; i < count; i++) {
		at.element = scope_element(n->scope, u, i);
		if (is_open(n, u, at.element))
			open = true;
		else if (element_holds(n, &at))
			return TRUTH_YES;
	}
	return scope_settled(n->scope, u) && !open ? TRUTH_NO : TRUTH_UNSURE;
}

/* --- all of them --- */

struct asking {
	const struct unit *unit;
	const uint8_t *answers;		/* known already, or NULL */
	bool final;			/* they are: what is UNSURE there stays so */
	struct buf room;
};

static enum truth
not(enum truth t)
{
	return t == TRUTH_UNSURE ? t : t == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
}

static enum truth
evaluate(const struct node *n, struct asking *a)
{
	enum truth decides = n->kind == NODE_OR ? TRUTH_YES : TRUTH_NO, all;

	if (n->kind == NODE_SOME)
		return a->answers != NULL && (a->final || a->answers[n->number] != TRUTH_UNSURE) ? (enum truth)a->answers[n->number]
		    : ask(n, a->unit, &a->room);
	if (n->kind == NODE_NOT)
		return not(evaluate(n->child, a));
	all = not(decides);
	for (const struct node *c = n->child; c != NULL; c = c->next) {
		enum truth t = evaluate(c, a);

		if (t == decides)
			return t;
		if (t == TRUTH_UNSURE)
			all = t;
	}
	return all;
}

static enum truth
evaluate_all(const struct filter *f, const struct unit *u, const uint8_t *answers, bool final)
{
	struct asking a = { .unit = u, .answers = answers, .final = final };
	enum truth t;

	buf_init(&a.room, SIZE_MAX / 2);
	t = evaluate(f->plan, &a);
	buf_fini(&a.room);
	return t;
}

enum truth
filter_ask(const struct filter *f, const struct unit *u)
{
	return evaluate_all(f, u, NULL, false);
}

size_t
filter_questions(const struct filter *f)
{
	return f->nquestion;
}

void
filter_note(const struct filter *f, const struct unit *u, uint8_t *answers)
{
	struct buf room;

	buf_init(&room, SIZE_MAX / 2);
	for (size_t i = 0; i < f->nquestion; i++)
		answers[i] = (uint8_t)ask(f->question[i], u, &room);
	buf_fini(&room);
}

enum truth
filter_ask_element(const struct filter *f, const struct unit *u, uint8_t *answers)
{
	struct buf room;

	buf_init(&room, SIZE_MAX / 2);
	for (size_t i = 0; i < f->nquestion; i++)
		if (f->question[i]->scope == u->only)
			answers[i] = (uint8_t)ask(f->question[i], u, &room);
	buf_fini(&room);
	return evaluate_all(f, u, answers, true);
}

enum truth
filter_resume(const struct filter *f, const uint8_t *answers, const struct unit *session)
{
	return evaluate_all(f, session, answers, false);
}
