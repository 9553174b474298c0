#include "values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/files.h"

void
values_add(struct values *set, const struct literal *l)
{
	if (set->n == set->cap) {
		set->cap = set->cap ? 2 * set->cap : 8;
		set->v = xrealloc(set->v, set->cap, sizeof *set->v);
	}
	set->v[set->n++] = *l;
}

static bool
read_line(struct values *set, const struct field *f, slice line, struct arena *arena, const char **why_r)
{
	struct literal l;
	slice text = slice_trim(slice_chomp(line)), copy;

	if (text.n == 0 || text.p[0] == '#')
		return true;
	*why_r = "the filter takes too much memory";
	if (!arena_copy(arena, text, &copy))
		return false;
	*why_r = literal_parse(f, copy, arena, &l);
	if (*why_r != NULL)
		return false;
	values_add(set, &l);
	return true;
}

static bool
read_lines(struct values *set, const struct field *f, FILE *file, const char *name, struct arena *arena, struct buf *error)
{
	char *line = NULL;
	size_t size = 0, number = 0;
	ssize_t n;
	const char *why = NULL;
	bool good = true;

	while (good && (n = getline(&line, &size, file)) >= 0) {
		number++;
		good = read_line(set, f, (slice){ (const uint8_t *)line, (size_t)n }, arena, &why);
	}
	free(line);
	if (!good)
		buf_printf(error, "%s, line %zu: %s", name, number, why);
	else if (ferror(file))
		buf_printf(error, "%s: %s", name, strerror(errno));
	return good && !ferror(file);
}

/* What the command line's filter names is read now, and allowed to be read once more: the screen parses that filter again. */
static FILE *
open_values(const char *name)
{
	int fd;

	if (!files_frozen())
		files_allow_input(name);
	fd = files_ask(FILES_READ, name, NULL);
	return fd >= 0 ? fdopen(fd, "r") : NULL;
}

static void
say_why_not(const char *name, struct buf *error)
{
	const char *why = strerror(errno);

	if (errno == EACCES && files_frozen())
		why = "only files that the filter of the command line named can be read now";
	buf_printf(error, "%s: %s", name, why);
}

bool
values_read(struct values *set, const struct field *f, slice path, struct arena *arena, struct buf *error)
{
	char *name = xcalloc(path.n + 1, 1);
	FILE *file = NULL;
	bool good = false;

	memcpy(name, path.p, path.n);
	if (path.n == 0 || strlen(name) != path.n)
		buf_text(error, "a file's name should stand behind @");
	else if ((file = open_values(name)) == NULL)
		say_why_not(name, error);
	else
		good = read_lines(set, f, file, name, arena, error);
	if (file != NULL)
		fclose(file);
	free(name);
	return good;
}

/* --- order --- */

/* qsort() hands nothing down, so that each order is a function. */
static int
order_text(const void *a, const void *b)
{
	return slice_compare(((const struct literal *)a)->from.text, ((const struct literal *)b)->from.text);
}

static int
order_folded(const void *a, const void *b)
{
	static const struct field folding = { .type = FIELD_TEXT, .folds_case = true };
	bool comparable;

	return value_compare(&folding, &((const struct literal *)a)->from, &((const struct literal *)b)->from, &comparable);
}

static int
order_address(const void *a, const void *b)
{
	const struct addr *x = &((const struct literal *)a)->from.addr, *y = &((const struct literal *)b)->from.addr;

	return x->family != y->family ? x->family - y->family : memcmp(x->ip, y->ip, sizeof x->ip);
}

static int
order_number(const void *a, const void *b)
{
	int64_t x = ((const struct literal *)a)->from.number, y = ((const struct literal *)b)->from.number;

	return (x > y) - (x < y);
}

static int
(*order_of(const struct field *f))(const void *, const void *)
{
	if (f->type == FIELD_TEXT || f->type == FIELD_HEX)
		return f->folds_case ? order_folded : order_text;
	return f->type == FIELD_ADDRESS ? order_address : order_number;
}

static bool
is_single(const struct field *f, const struct literal *l)
{
	bool comparable;

	return value_compare(f, &l->from, &l->to, &comparable) == 0;
}

/* Single values first, in order; then what has two ends, as it was said. */
bool
values_finish(struct values *set, struct test *t, struct arena *arena)
{
	size_t n = 0;

	t->literal = arena_zero(arena, set->n * sizeof *t->literal);
	if (t->literal == NULL && set->n > 0)
		return false;
	for (int single = 1; single >= 0; single--)
		for (size_t i = 0; i < set->n; i++)
			if (is_single(t->left.as, &set->v[i]) == single) {
				t->literal[n++] = set->v[i];
				t->nordered += (size_t)single;
			}
	t->nliteral = n;
	if (t->nordered > 1)
		qsort(t->literal, t->nordered, sizeof *t->literal, order_of(t->left.as));
	return true;
}

bool
values_have(const struct test *t, const struct value *v)
{
	struct literal key = { .from = *v };

	if (t->nordered > 0 && bsearch(&key, t->literal, t->nordered, sizeof key, order_of(t->left.as)) != NULL)
		return true;
	for (size_t i = t->nordered; i < t->nliteral; i++)
		if (value_is_in(t->left.as, v, &t->literal[i]))
			return true;
	return false;
}
