#include "plan.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"

struct planner {
	struct arena *arena;
	struct node **question;
	size_t nquestion, cap;
	size_t alternatives;		/* made by distributing && over || */
	struct buf *error;
};

/* The children of an AND, taken apart. */
struct terms { const struct tree **v; size_t n; };

static struct node *build(struct planner *, const struct tree *);
static struct node *build_all(struct planner *, struct terms);

static void *
make(struct planner *p, size_t size)
{
	void *v = arena_zero(p->arena, size);

	if (v == NULL && p->error->n == 0)
		buf_text(p->error, "the filter takes too much memory");
	return v;
}

static struct node *
node(struct planner *p, enum node_kind kind, struct node *child)
{
	struct node *n = make(p, sizeof *n);

	if (n != NULL)
		*n = (struct node){ .kind = kind, .child = child };
	return n;
}

/* --- which lists does a tree speak of? --- */

static bool
is_list(enum field_scope s)
{
	return s > SCOPE_MESSAGE;
}

/* A bit for each list, and bit 0 for what is there once. */
static unsigned
scopes(const struct tree *t)
{
	unsigned bits = 0;

	if (t->kind == TREE_TEST)
		return is_list(t->test->left.field->scope) ? 1u << t->test->left.field->scope : 1u;
	for (const struct tree *c = t->child; c != NULL; c = c->next)
		bits |= scopes(c);
	return bits;
}

/* Of one list only, so that it can be asked of one element. */
static bool
is_of(const struct tree *t, enum field_scope s)
{
	return scopes(t) == 1u << s;
}

/* Does it point at elements, or only away from some? */
static bool
is_positive(const struct tree *t)
{
	switch (t->kind) {
	case TREE_TEST:
		return !(t->test->compare == COMPARE_NE && t->test->all);
	case TREE_NOT:
		return !is_positive(t->child);
	default:
		for (const struct tree *c = t->child; c != NULL; c = c->next)
			if (is_positive(c))
				return true;
		return false;
	}
}

/* --- questions --- */

static enum field_settled
latest(const struct tree *t)
{
	enum field_settled last = SETTLED_OPEN;

	if (t->kind == TREE_TEST)
		return t->test->right.field != NULL && t->test->right.field->settled > t->test->left.field->settled
		    ? t->test->right.field->settled : t->test->left.field->settled;
	for (const struct tree *c = t->child; c != NULL; c = c->next) {
		enum field_settled one = latest(c);

		last = one > last ? one : last;
	}
	return last;
}

static struct node *
some(struct planner *p, enum field_scope scope, struct terms terms)
{
	struct node *n = node(p, NODE_SOME, NULL);

	if (n == NULL)
		return NULL;
	if (p->nquestion == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 8;
		p->question = xrealloc(p->question, p->cap, sizeof *p->question);
	}
	n->scope = scope;
	n->member = terms.v;
	n->nmember = terms.n;
	for (size_t i = 0; i < terms.n; i++) {
		enum field_settled one = latest(terms.v[i]);

		n->settled = one > n->settled ? one : n->settled;
	}
	n->number = p->nquestion;
	p->question[p->nquestion++] = n;
	return n;
}

static struct node *
some_one(struct planner *p, const struct tree *t)
{
	struct terms terms = { make(p, sizeof *terms.v), 1 };

	if (terms.v == NULL)
		return NULL;
	terms.v[0] = t;
	return some(p, t->test->left.field->scope, terms);
}

static const struct tree *
variant(struct planner *p, const struct test *of, enum compare compare, bool invert)
{
	struct tree *t = make(p, sizeof *t);
	struct test *test = make(p, sizeof *test);

	if (t == NULL || test == NULL)
		return NULL;
	*test = *of;
	test->all = false;
	test->compare = compare;
	test->invert = invert;
	*t = (struct tree){ .kind = TREE_TEST, .test = test };
	return t;
}

static struct node *
both(struct planner *p, enum node_kind kind, struct node *a, struct node *b)
{
	if (a == NULL || b == NULL)
		return NULL;
	a->next = b;
	return node(p, kind, a);
}

/* Of all values: there is one, and there is none for which it does not hold. */
static struct node *
build_test(struct planner *p, const struct tree *t)
{
	const struct tree *there, *other;
	struct node *is_there, *not;

	if (!t->test->all)
		return some_one(p, t);
	there = variant(p, t->test, COMPARE_IN, true);
	other = variant(p, t->test, t->test->compare, true);
	if (there == NULL || other == NULL)
		return NULL;
	/* In none of no values: any value at all, a flag that is false among them. */
	there->test->nliteral = there->test->nordered = 0;
	is_there = some_one(p, there);
	not = some_one(p, other);
	return both(p, NODE_AND, is_there, not ? node(p, NODE_NOT, not) : NULL);
}

/* --- && --- */

static bool
grow(struct planner *p, struct terms *to, const struct terms *from, size_t more)
{
	to->v = make(p, (from->n + more) * sizeof *to->v);
	to->n = 0;
	return to->v != NULL;
}

/* A term, or, if it is an AND, its terms. */
static bool
add_term(struct planner *p, struct terms *terms, const struct tree *t)
{
	struct terms more;
	size_t n = 0;

	if (t->kind != TREE_AND) {
		terms->v[terms->n++] = t;
		return true;
	}
	for (const struct tree *c = t->child; c != NULL; c = c->next)
		n++;
	if (!grow(p, &more, terms, n))
		return false;
	for (size_t i = 0; i < terms->n; i++)
		more.v[more.n++] = terms->v[i];
	for (const struct tree *c = t->child; c != NULL; c = c->next)
		more.v[more.n++] = c;
	*terms = more;
	return true;
}

/* Can the terms of this list be asked of one element? There must be two, and one that points at it. */
static bool
joins(struct terms terms, enum field_scope s)
{
	size_t n = 0;
	bool positive = false;

	for (size_t i = 0; i < terms.n; i++)
		if (is_of(terms.v[i], s)) {
			n++;
			positive |= is_positive(terms.v[i]);
		}
	return n >= 2 && positive;
}

static struct node *
join(struct planner *p, struct terms terms, enum field_scope s)
{
	struct terms of;

	if (!grow(p, &of, &terms, 0))
		return NULL;
	for (size_t i = 0; i < terms.n; i++)
		if (is_of(terms.v[i], s))
			of.v[of.n++] = terms.v[i];
	return some(p, s, of);
}

/* A term that speaks of a list and of something else, while another term is of that list alone: its number; else terms.n. */
static size_t
find_mixed(struct terms terms)
{
	unsigned pure = 0;

	for (size_t i = 0; i < terms.n; i++)
		for (enum field_scope s = SCOPE_MESSAGE + 1; s < SCOPES; s++)
			pure |= is_of(terms.v[i], s) ? 1u << s : 0;
	for (size_t i = 0; i < terms.n; i++) {
		unsigned bits = scopes(terms.v[i]);

		if ((bits & pure) != 0 && (bits & (bits - 1)) != 0)
			return i;
	}
	return terms.n;
}

static const struct tree *
negate(struct planner *p, const struct tree *t)
{
	struct tree *not, *inner;

	if (t->kind == TREE_NOT)
		return t->child;
	not = make(p, sizeof *not);
	inner = make(p, sizeof *inner);
	if (not == NULL || inner == NULL)
		return NULL;
	*inner = *t;
	inner->next = NULL;
	*not = (struct tree){ .kind = TREE_NOT, .child = inner, .last = inner };
	return not;
}

/* What a term is besides others, of which one must hold: (a || b), or !(a && b) = !a || !b. The rest of the list is joined to each. */
static struct node *
distribute(struct planner *p, struct terms terms, size_t at)
{
	const struct tree *t = terms.v[at];
	bool negated = t->kind == TREE_NOT;
	const struct tree *inner = negated ? t->child : t;
	struct node *first = NULL, **end = &first;

	for (const struct tree *c = inner->child; c != NULL; c = c->next) {
		const struct tree *one = negated ? negate(p, c) : c;
		struct terms each;

		if (++p->alternatives > LIMIT_FILTER_ALTERNATIVES) {
			buf_text(p->error, "the filter joins too many alternatives of lists: say it in another way");
			return NULL;
		}
		if (one == NULL || !grow(p, &each, &terms, 1))
			return NULL;
		for (size_t i = 0; i < terms.n; i++)
			if (i != at)
				each.v[each.n++] = terms.v[i];
		if (!add_term(p, &each, one) || (*end = build_all(p, each)) == NULL)
			return NULL;
		end = &(*end)->next;
	}
	return node(p, NODE_OR, first);
}

/* !(a || b) = !a && !b */
static struct node *
spread(struct planner *p, struct terms terms, size_t at)
{
	const struct tree *t = terms.v[at];
	struct terms more;
	size_t n = 0;

	for (const struct tree *c = t->child->child; c != NULL; c = c->next)
		n++;
	if (!grow(p, &more, &terms, n))
		return NULL;
	for (size_t i = 0; i < terms.n; i++)
		if (i != at)
			more.v[more.n++] = terms.v[i];
	for (const struct tree *c = t->child->child; c != NULL; c = c->next) {
		const struct tree *not = negate(p, c);

		if (not == NULL || !add_term(p, &more, not))
			return NULL;
	}
	return build_all(p, more);
}

static struct node *
build_all(struct planner *p, struct terms terms)
{
	size_t mixed = find_mixed(terms);
	struct node *first = NULL, **end = &first;
	unsigned joined = 0;

	if (mixed < terms.n) {
		const struct tree *t = terms.v[mixed];

		return t->kind == TREE_NOT && t->child->kind == TREE_OR ? spread(p, terms, mixed) : distribute(p, terms, mixed);
	}
	for (enum field_scope s = SCOPE_MESSAGE + 1; s < SCOPES; s++)
		if (joins(terms, s)) {
			joined |= 1u << s;
			if ((*end = join(p, terms, s)) == NULL)
				return NULL;
			end = &(*end)->next;
		}
	for (size_t i = 0; i < terms.n; i++) {
		if (joined & scopes(terms.v[i]))
			continue;
		if ((*end = build(p, terms.v[i])) == NULL)
			return NULL;
		end = &(*end)->next;
	}
	return node(p, NODE_AND, first);
}

static struct node *
build_and(struct planner *p, const struct tree *t)
{
	struct terms terms = { make(p, sizeof *terms.v), 0 };

	if (terms.v == NULL || !add_term(p, &terms, t))
		return NULL;
	return build_all(p, terms);
}

static struct node *
build_or(struct planner *p, const struct tree *t)
{
	struct node *first = NULL, **end = &first;

	for (const struct tree *c = t->child; c != NULL; c = c->next) {
		if ((*end = build(p, c)) == NULL)
			return NULL;
		end = &(*end)->next;
	}
	return node(p, NODE_OR, first);
}

static struct node *
build(struct planner *p, const struct tree *t)
{
	struct node *inner;

	switch (t->kind) {
	case TREE_OR:	return build_or(p, t);
	case TREE_AND:	return build_and(p, t);
	case TREE_TEST:	return build_test(p, t);
	case TREE_NOT:	break;
	}
	inner = build(p, t->child);
	return inner ? node(p, NODE_NOT, inner) : NULL;
}

struct node *
plan_make(const struct tree *t, struct arena *arena, struct node ***question_r, size_t *n_r, struct buf *error)
{
	struct planner p = { .arena = arena, .error = error };
	struct node *n = build(&p, t);

	*question_r = p.question;
	*n_r = p.nquestion;
	return n;
}
