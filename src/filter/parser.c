#include "parser.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "values.h"

/* The length of a text is compared as a number. */
static const struct field length_field = { .name = "len", .type = FIELD_NUMBER };

enum { FEW_WORDS = 8 };

static void
fault(struct parser *p, size_t at, size_t end, const char *why)
{
	if (p->error->n > 0)
		return;
	p->at = at;
	p->end = end;
	buf_text(p->error, why);
}

static void
advance(struct parser *p)
{
	p->token = lexer_next(&p->lexer);
	if (p->token.kind == TOKEN_BAD)
		fault(p, p->token.at, p->token.end, p->token.fault);
}

static bool
take(struct parser *p, enum token_kind kind)
{
	if (p->token.kind != kind)
		return false;
	advance(p);
	return true;
}

static void *
make(struct parser *p, size_t size)
{
	void *v = arena_zero(p->arena, size);

	if (v == NULL)
		fault(p, 0, p->lexer.text.n, "the filter takes too much memory");
	return v;
}

/* --- one comparison --- */

static void
unknown_field(struct parser *p, const struct token *t)
{
	if (p->error->n > 0)
		return;
	if (memchr(t->text.p, '[', t->text.n) != NULL) {
		fault(p, t->at, t->end, "slices are not built: contains and matches find pieces of a text");
		return;
	}
	fault(p, t->at, t->end, "there is no field of this name");
	nearest_fields(p->error, t->text);
	if (p->error->n > 0 && p->error->p[p->error->n - 1] != '?')
		buf_text(p->error, "; --help-fields lists them");
}

static bool
has_text(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_HEX;
}

static bool
take_function(struct parser *p, enum transform *transform_r)
{
	static const struct { slice name; enum transform transform; } functions[] = {
		{ SLICE("lower"), TRANSFORM_LOWER }, { SLICE("upper"), TRANSFORM_UPPER }, { SLICE("len"), TRANSFORM_LENGTH },
	};
	struct lexer before = p->lexer;
	struct token name = p->token;

	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		if (name.kind != TOKEN_WORD || !slice_ieq(name.text, functions[i].name))
			continue;
		advance(p);
		if (take(p, TOKEN_OPEN)) {
			*transform_r = functions[i].transform;
			return true;
		}
		p->lexer = before;
		p->token = name;
	}
	return false;
}

static bool
subject(struct parser *p, struct operand *o)
{
	bool function = take_function(p, &o->transform);
	struct token name = p->token;

	if (name.kind != TOKEN_WORD) {
		fault(p, name.at, name.end, name.kind == TOKEN_END ? "here the filter ends; a field's name should follow"
		    : "a field's name should stand here");
		return false;
	}
	o->field = o->as = field_find(name.text);
	if (o->field == NULL) {
		unknown_field(p, &name);
		return false;
	}
	advance(p);
	if (function && !has_text(o->field)) {
		fault(p, name.at, name.end, "this field is no text");
		return false;
	}
	if (function && !take(p, TOKEN_CLOSE)) {
		fault(p, p->token.at, p->token.end, "a ) should stand here");
		return false;
	}
	if (o->transform == TRANSFORM_LENGTH)
		o->as = &length_field;
	return true;
}

/* A value may be spelled like an operator: imf.subject == not. */
static bool
is_value(const struct token *t)
{
	switch (t->kind) {
	case TOKEN_WORD: case TOKEN_TEXT:
		return true;
	case TOKEN_AND: case TOKEN_OR: case TOKEN_NOT: case TOKEN_IN: case TOKEN_ANY: case TOKEN_ALL: case TOKEN_COMPARE:
		return t->text.n > 0 && char_is_alpha(t->text.p[0]);
	default:
		return false;
	}
}

/* All if they are few, else those that are like it. */
static void
say_words(struct parser *p, slice said, const char *(*word)(size_t))
{
	size_t n = 0;

	while (word(n) != NULL)
		n++;
	if (n > FEW_WORDS) {
		nearest_words(p->error, said, word);
		return;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(p->error, "%s%s", i == 0 ? ", but " : i + 1 == n ? " or " : ", ", word(i));
}

static bool
value(struct parser *p, const struct test *t, struct literal *l)
{
	struct token v = p->token;
	const char *why;

	if (!is_value(&v)) {
		fault(p, v.at, v.end, v.kind == TOKEN_END ? "here the filter ends; a value should follow" : "a value should stand here");
		return false;
	}
	if (v.kind == TOKEN_WORD && field_find(v.text) != NULL && t->left.as->word == NULL) {
		fault(p, v.at, v.end, "this is a field: a set holds values only; put a text in quotes");
		return false;
	}
	why = literal_parse(t->left.as, v.text, p->arena, l);
	if (why != NULL) {
		fault(p, v.at, v.end, why);
		if (t->left.as->word != NULL)
			say_words(p, v.text, t->left.as->word);
		return false;
	}
	advance(p);
	return p->error->n == 0;
}

static bool
add_literal(struct parser *p, struct test *t, struct values *set)
{
	struct literal from, to;
	size_t at = p->token.at;

	if (!value(p, t, &from))
		return false;
	if (take(p, TOKEN_TO)) {
		if (!value(p, t, &to))
			return false;
		if (!literal_range(t->left.as, &from, &to)) {
			fault(p, at, p->token.at, "this range holds nothing: the smaller value stands first");
			return false;
		}
	}
	values_add(set, &from);
	return true;
}

static bool
set_of_values(struct parser *p, struct test *t, struct values *set)
{
	do
		if (!add_literal(p, t, set))
			return false;
	while (take(p, TOKEN_COMMA));
	if (take(p, TOKEN_SET_END))
		return true;
	fault(p, p->token.at, p->token.end, "a , or } should stand here");
	return false;
}

static bool
set_of_file(struct parser *p, struct test *t, struct values *set)
{
	struct token at = p->token;

	t->file = slice_drop(at.text, 1);
	advance(p);
	if (t->file.n == 0 && p->token.kind == TOKEN_TEXT && p->token.at == at.end) {
		t->file = p->token.text;
		advance(p);
	}
	if (p->error->n > 0)
		return false;
	if (values_read(set, t->left.as, t->file, p->arena, p->error))
		return true;
	p->at = at.at;
	p->end = p->token.kind == TOKEN_END ? p->lexer.text.n : p->token.at;
	return false;
}

static bool
set(struct parser *p, struct test *t)
{
	struct values set = { 0 };
	bool good;

	if (p->token.kind == TOKEN_WORD && slice_starts(p->token.text, S("@"))) {
		good = set_of_file(p, t, &set);
	} else if (take(p, TOKEN_SET)) {
		good = set_of_values(p, t, &set);
	} else {
		fault(p, p->token.at, p->token.end, "a set should stand here: { a, b..c } or @FILE");
		good = false;
	}
	if (good && !values_finish(&set, t, p->arena)) {
		fault(p, 0, p->lexer.text.n, "the filter takes too much memory");
		good = false;
	}
	free(set.v);
	return good;
}

static bool
pattern(struct parser *p, struct test *t)
{
	struct token v = p->token;
	struct buf why;
	size_t at = 0;

	if (!is_value(&v)) {
		fault(p, v.at, v.end, "a pattern should stand here");
		return false;
	}
	buf_init(&why, KiB);
	t->match = match_new(v.text, &why, &at);
	if (t->match == NULL) {
		fault(p, v.at, v.end, "this is no regular expression: ");
		buf_add(p->error, buf_slice(&why));
		if (at > 0)
			buf_printf(p->error, " (behind its byte %zu)", at);
	}
	buf_fini(&why);
	t->literal = make(p, sizeof *t->literal);
	if (t->match == NULL || t->literal == NULL)
		return false;
	t->literal->said = v.text;
	t->nliteral = 1;
	advance(p);
	return true;
}

/* What is not asked of every type. */
static const char *
misfit(const struct test *t)
{
	enum field_type type = t->left.as->type;
	bool ordered = t->compare == COMPARE_LT || t->compare == COMPARE_LE || t->compare == COMPARE_GT || t->compare == COMPARE_GE;

	if ((t->compare == COMPARE_CONTAINS || t->compare == COMPARE_MATCHES) && !has_text(t->left.as))
		return "this field is no text: compare it with == or <, or ask whether it is in a set";
	if (ordered && (type == FIELD_FLAG || type == FIELD_HEX || t->left.as->word != NULL))
		return "the values of this field have no order: compare it with ==";
	return NULL;
}

/* "a !== b" and "a === b" say of how many values; else any and all do, and != speaks of all. */
static void
quantify(struct test *t, enum token_kind said)
{
	enum compare c = t->compare;

	t->all = said == TOKEN_ALL || (said != TOKEN_ANY && c == COMPARE_NE) || c == COMPARE_ALL_EQ;
	t->compare = c == COMPARE_ALL_EQ ? COMPARE_EQ : c == COMPARE_ANY_NE ? COMPARE_NE : c;
}

/* --- a field on either side --- */

/* Is it known with the message, or by the session from its beginning to its end? What a message shadows is not. */
static bool
is_of_session(const struct field *f)
{
	return f->scope == SCOPE_SESSION && (f->settled == SETTLED_OPEN || f->settled == SETTLED_SESSION);
}

static const char *
mismatch(const struct test *t)
{
	const struct field *l = t->left.field, *r = t->right.field;

	if (t->left.as->type != t->right.as->type)
		return "these fields are of different types";
	if (l->scope > SCOPE_MESSAGE && r->scope > SCOPE_MESSAGE && l->scope != r->scope)
		return "these fields are of different lists: nothing says which elements to compare";
	if ((l->settled == SETTLED_SESSION && !is_of_session(r) && l->scope != r->scope)
	    || (r->settled == SETTLED_SESSION && !is_of_session(l) && l->scope != r->scope))
		return "one of these fields waits for the session's end, and the message of the other is gone by then";
	return NULL;
}

/* What is of a list stands left. */
static void
turn(struct test *t)
{
	static const enum compare mirror[] = {
		[COMPARE_EQ] = COMPARE_EQ, [COMPARE_NE] = COMPARE_NE, [COMPARE_LT] = COMPARE_GT, [COMPARE_LE] = COMPARE_GE,
		[COMPARE_GT] = COMPARE_LT, [COMPARE_GE] = COMPARE_LE,
	};
	struct operand left = t->left;

	if (t->right.field->scope <= SCOPE_MESSAGE || t->left.field->scope > SCOPE_MESSAGE || t->compare == COMPARE_CONTAINS)
		return;
	t->left = t->right;
	t->right = left;
	t->compare = mirror[t->compare];
}

/* Does a field stand here, and not a value? */
static bool
is_field_next(struct parser *p, const struct test *t)
{
	struct lexer before = p->lexer;
	struct token token = p->token;
	enum transform transform;
	bool function;

	if (token.kind != TOKEN_WORD || t->left.as->word != NULL)
		return false;
	if (field_find(token.text) != NULL)
		return true;
	function = take_function(p, &transform);
	p->lexer = before;
	p->token = token;
	return function;
}

static bool
other_field(struct parser *p, struct test *t)
{
	size_t at = p->token.at, end = p->token.end;
	const char *why;

	if (!subject(p, &t->right))
		return false;
	why = mismatch(t);
	if (why == NULL && t->compare == COMPARE_CONTAINS && t->right.field->scope > SCOPE_MESSAGE && t->left.field->scope <= SCOPE_MESSAGE)
		why = "this field is of a list: ask it the other way round";
	if (why != NULL) {
		fault(p, at, end, why);
		return false;
	}
	turn(t);
	return p->error->n == 0;
}

/* --- the right side --- */

/* A piece of a word is no word of the list, and of a digest it is in hexadecimal too. */
static bool
piece(struct parser *p, struct test *t)
{
	const char *why;

	if (!is_value(&p->token))
		return value(p, t, t->literal);
	why = literal_parse_piece(t->left.as, p->token.text, p->arena, t->literal);
	if (why != NULL) {
		fault(p, p->token.at, p->token.end, why);
		return false;
	}
	advance(p);
	return p->error->n == 0;
}

static bool
comparison(struct parser *p, struct test *t, enum token_kind said)
{
	struct token operator = p->token;
	const char *why;

	t->compare = operator.compare;
	quantify(t, said);
	why = misfit(t);
	if (why != NULL) {
		fault(p, operator.at, operator.end, why);
		return false;
	}
	advance(p);
	if (t->compare == COMPARE_IN)
		return set(p, t);
	if (t->compare == COMPARE_MATCHES)
		return pattern(p, t);
	if (is_field_next(p, t))
		return other_field(p, t);
	t->literal = make(p, sizeof *t->literal);
	t->nliteral = 1;
	if (t->literal == NULL)
		return false;
	return t->compare == COMPARE_CONTAINS ? piece(p, t) : value(p, t, t->literal);
}

static struct tree *
leaf(struct parser *p, struct test *t)
{
	struct tree *tree = make(p, sizeof *tree);

	if (tree != NULL)
		*tree = (struct tree){ .kind = TREE_TEST, .test = t };
	return tree;
}

static void
adopt(struct tree *parent, struct tree *child)
{
	if (parent->last == NULL)
		parent->child = child;
	else
		parent->last->next = child;
	parent->last = child;
}

static struct tree *
negated(struct parser *p, struct tree *inner)
{
	struct tree *tree = inner ? make(p, sizeof *tree) : NULL;

	if (tree == NULL)
		return NULL;
	tree->kind = TREE_NOT;
	adopt(tree, inner);
	return tree;
}

static struct tree *
test(struct parser *p)
{
	struct test *t = make(p, sizeof *t);
	enum token_kind said = p->token.kind;
	bool without = false;

	if (t == NULL)
		return NULL;
	t->next = p->tests;
	p->tests = t;
	if (said == TOKEN_ANY || said == TOKEN_ALL)
		advance(p);
	if (!subject(p, &t->left))
		return NULL;
	if (p->token.kind == TOKEN_NOT && char_is_alpha(p->token.text.p[0])) {
		without = true;
		advance(p);
		if (p->token.kind != TOKEN_IN)
			fault(p, p->token.at, p->token.end, "in should stand behind not here");
	}
	if (p->token.kind != TOKEN_COMPARE && p->token.kind != TOKEN_IN) {
		if (t->left.transform != TRANSFORM_NONE)
			fault(p, p->token.at, p->token.end, "a comparison should stand here");
		return p->error->n == 0 ? leaf(p, t) : NULL;
	}
	if (!comparison(p, t, said))
		return NULL;
	return without ? negated(p, leaf(p, t)) : leaf(p, t);
}

/* --- the rest of the grammar --- */

static struct tree *disjunction(struct parser *);

static struct tree *
enclosed(struct parser *p)
{
	struct token open = p->token;
	struct tree *inner;

	advance(p);
	inner = disjunction(p);
	if (inner != NULL && !take(p, TOKEN_CLOSE)) {
		fault(p, open.at, open.end, "this ( is not closed");
		return NULL;
	}
	return inner;
}

static struct tree *
factor(struct parser *p)
{
	bool negate = false;
	struct tree *tree;

	if (p->depth == LIMIT_FILTER_DEPTH) {
		fault(p, p->token.at, p->token.end, "the filter is too deep: more than 64 parentheses and negations in each other");
		return NULL;
	}
	while (take(p, TOKEN_NOT))
		negate = !negate;
	if (p->error->n > 0)
		return NULL;
	p->depth++;
	tree = p->token.kind == TOKEN_OPEN ? enclosed(p) : test(p);
	p->depth--;
	return negate ? negated(p, tree) : tree;
}

/* Factors with one operator between them. What has one only is that one; what stands in parentheses with the same operator joins. */
static struct tree *
chain(struct parser *p, enum tree_kind kind, enum token_kind operator, struct tree *(*next)(struct parser *))
{
	struct tree *parent = make(p, sizeof *parent), *one = NULL;
	size_t n = 0;

	if (parent == NULL)
		return NULL;
	parent->kind = kind;
	do {
		one = next(p);
		if (one == NULL)
			return NULL;
		n++;
		if (one->kind == kind) {
			n += one->child != one->last;
			adopt(parent, one->child);
			parent->last = one->last;
		} else {
			adopt(parent, one);
		}
	} while (take(p, operator));
	return n == 1 ? one : parent;
}

static struct tree *
conjunction(struct parser *p)
{
	return chain(p, TREE_AND, TOKEN_AND, factor);
}

static struct tree *
disjunction(struct parser *p)
{
	return chain(p, TREE_OR, TOKEN_OR, conjunction);
}

struct tree *
parser_run(struct parser *p, slice text, struct arena *arena, struct buf *error)
{
	struct tree *tree;

	*p = (struct parser){ .lexer = { .text = text, .arena = arena }, .arena = arena, .error = error };
	advance(p);
	if (p->error->n == 0 && p->token.kind == TOKEN_END)
		fault(p, 0, text.n, "the filter is empty");
	tree = p->error->n == 0 ? disjunction(p) : NULL;
	if (tree != NULL && p->error->n == 0 && p->token.kind != TOKEN_END)
		fault(p, p->token.at, p->token.end, p->token.kind == TOKEN_CLOSE ? "this ) closes nothing"
		    : p->token.kind == TOKEN_COMPARE ? "comparisons are joined by && or ||"
		    : "&& or || should stand here");
	return p->error->n == 0 ? tree : NULL;
}

void
parser_free_tests(struct test *t)
{
	for (; t != NULL; t = t->next)
		match_free(&t->match);
}

/* --- printing --- */

static void
print_text(struct buf *out, slice s)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_printf(out, "\\%c", s.p[i]);
		else if (char_is_control(s.p[i]) || s.p[i] >= 0x80)
			buf_printf(out, "\\x%02x", s.p[i]);
		else
			buf_add_byte(out, s.p[i]);
	}
	buf_add_byte(out, '"');
}

static void
print_literal(struct buf *out, const struct literal *l)
{
	print_text(out, l->said);
	if (l->said_to.p == NULL)
		return;
	buf_text(out, "..");
	print_text(out, l->said_to);
}

static void
print_set(struct buf *out, const struct test *t)
{
	if (t->file.n > 0) {
		buf_add_byte(out, '@');
		print_text(out, t->file);
		return;
	}
	buf_add_byte(out, '{');
	for (size_t i = 0; i < t->nliteral; i++) {
		buf_text(out, i ? ", " : "");
		print_literal(out, &t->literal[i]);
	}
	buf_add_byte(out, '}');
}

static void
print_operand(struct buf *out, const struct operand *o)
{
	static const char *const functions[] = { [TRANSFORM_LOWER] = "lower", [TRANSFORM_UPPER] = "upper", [TRANSFORM_LENGTH] = "len" };

	if (o->transform != TRANSFORM_NONE)
		buf_printf(out, "%s(%s)", functions[o->transform], o->field->name);
	else
		buf_text(out, o->field->name);
}

static void
print_test(struct buf *out, const struct test *t)
{
	static const char *const signs[] = {
		[COMPARE_EQ] = "==", [COMPARE_NE] = "!=", [COMPARE_LT] = "<", [COMPARE_LE] = "<=", [COMPARE_GT] = ">", [COMPARE_GE] = ">=",
		[COMPARE_CONTAINS] = "contains", [COMPARE_MATCHES] = "matches", [COMPARE_IN] = "in",
	};

	if (t->compare != COMPARE_THERE)
		buf_text(out, t->all ? "all " : "any ");
	print_operand(out, &t->left);
	if (t->compare == COMPARE_THERE)
		return;
	buf_printf(out, " %s ", signs[t->compare]);
	if (t->right.field != NULL)
		print_operand(out, &t->right);
	else if (t->compare == COMPARE_IN)
		print_set(out, t);
	else
		print_literal(out, t->literal);
}

void
tree_print(const struct tree *tree, struct buf *out)
{
	bool inner = tree->kind == TREE_AND || tree->kind == TREE_OR;

	if (tree->kind == TREE_TEST)
		print_test(out, tree->test);
	else
		buf_text(out, inner ? "(" : "!");
	for (const struct tree *child = tree->child; child != NULL; child = child->next) {
		/* The tree knows who does not belong to it any more: siblings behind the last are another's. */
		tree_print(child, out);
		if (child == tree->last)
			break;
		buf_text(out, tree->kind == TREE_AND ? " && " : " || ");
	}
	buf_text(out, inner ? ")" : "");
}
