#include "config.h"

#include <limits.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "config_file.h"

/* A line of a file: "name = value" or "prompt: text"; a line that is none has no name. */
struct line {
	struct buf name, value;
	bool changed;			/* here, in this run */
};

struct lines { struct line *v; size_t n, cap; };

struct config {
	bool remember;
	struct lines preference, history;
	struct buf screen_path, history_path, trouble;
	bool screen_unread, history_unread;	/* they could not be read, and are left alone */
};

/* --- lines --- */

static void
free_line(struct line *l)
{
	buf_fini(&l->name);
	buf_fini(&l->value);
}

static void
free_lines(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free_line(&lines->v[i]);
	free(lines->v);
	*lines = (struct lines){ 0 };
}

static struct line *
add_line(struct lines *lines, slice name, slice value)
{
	struct line *l;

	if (lines->n == lines->cap) {
		lines->cap = lines->cap ? 2 * lines->cap : 32;
		lines->v = xrealloc(lines->v, lines->cap, sizeof *lines->v);
	}
	l = &lines->v[lines->n++];
	*l = (struct line){ 0 };
	buf_init(&l->name, LIMIT_CONFIG);
	buf_init(&l->value, LIMIT_CONFIG);
	buf_add(&l->name, name);
	buf_add(&l->value, value);
	return l;
}

static void
remove_line(struct lines *lines, size_t i)
{
	free_line(&lines->v[i]);
	memmove(&lines->v[i], &lines->v[i + 1], (lines->n - i - 1) * sizeof *lines->v);
	lines->n--;
}

static struct line *
find_line(const struct lines *lines, slice name)
{
	for (size_t i = lines->n; i > 0; i--)		/* of several the last one counts */
		if (slice_eq(buf_slice(&lines->v[i - 1].name), name))
			return &lines->v[i - 1];
	return NULL;
}

/* One line, and nothing that a terminal obeys. */
static void
set_value(struct line *l, slice value)
{
	buf_clear(&l->value);
	for (size_t i = 0; i < value.n; i++)
		buf_add_byte(&l->value, char_is_control(value.p[i]) ? ' ' : value.p[i]);
	l->changed = true;
}

/* --- reading --- */

static bool
is_name(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
			return false;
	return s.n > 0;
}

static bool
has_control(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (char_is_control(s.p[i]) && s.p[i] != '\t')
			return true;
	return false;
}

/* Keeps the lines of a text; sign: what stands behind a name. */
static void
parse(struct lines *lines, slice text, uint8_t sign)
{
	slice line, name, value;

	while (text.n > 0) {
		slice_cut(text, '\n', &line, &text);
		line = slice_chomp(line);
		if (!has_control(line) && slice_cut(line, sign, &name, &value) && is_name(slice_trim(name)))
			add_line(lines, slice_trim(name), slice_trim(value));
		else
			add_line(lines, SLICE_NONE, line);
	}
}

static void
print(const struct lines *lines, const char *sign, struct buf *out)
{
	for (size_t i = 0; i < lines->n; i++) {
		const struct line *l = &lines->v[i];

		if (l->name.n > 0) {
			buf_add(out, buf_slice(&l->name));
			buf_text(out, sign);
		}
		buf_add(out, buf_slice(&l->value));
		buf_add_byte(out, '\n');
	}
}

/* False: the file cannot be read, and is not to be written. */
static bool
load(struct config *c, const struct buf *path, struct lines *lines, uint8_t sign)
{
	struct buf text;
	bool ok = true;

	buf_init(&text, LIMIT_CONFIG);
	if (path->n > 0)
		ok = config_read((const char *)path->p, &text, &c->trouble);
	if (ok)
		parse(lines, buf_slice(&text), sign);
	buf_fini(&text);
	return ok;
}

static bool
find_paths(struct buf *screen, struct buf *history)
{
	buf_init(screen, PATH_MAX);
	buf_init(history, PATH_MAX);
	return config_path("XDG_CONFIG_HOME", ".config", "screen", screen)
	    && config_path("XDG_STATE_HOME", ".local/state", "history", history);
}

void
config_each_path(void (*take)(const char *path))
{
	struct buf screen, history;

	if (find_paths(&screen, &history)) {
		take((const char *)screen.p);
		take((const char *)history.p);
	}
	buf_fini(&screen);
	buf_fini(&history);
}

struct config *
config_new(bool remember)
{
	struct config *c = xcalloc(1, sizeof *c);

	buf_init(&c->trouble, PATH_MAX + 256);
	c->remember = find_paths(&c->screen_path, &c->history_path) && remember;
	if (c->remember) {
		c->screen_unread = !load(c, &c->screen_path, &c->preference, '=');
		c->history_unread = !load(c, &c->history_path, &c->history, ':');
	} else if (remember) {
		buf_text(&c->trouble, "HOME is not set: preferences are not remembered");
		buf_add_byte(&c->trouble, '\0');
	}
	return c;
}

/* --- preferences --- */

slice
config_get(const struct config *c, const char *name, const char *by_default)
{
	const struct line *l = find_line(&c->preference, slice_of(name));

	return l != NULL ? buf_slice(&l->value) : slice_of(by_default);
}

static void
set(struct lines *lines, slice name, slice value)
{
	struct line *l = find_line(lines, name);

	if (l == NULL)
		l = add_line(lines, name, SLICE_NONE);
	else if (slice_eq(buf_slice(&l->value), value))
		return;
	set_value(l, value);
}

void
config_set(struct config *c, const char *name, slice value)
{
	set(&c->preference, slice_of(name), value);
}

void
config_set_number(struct config *c, const char *name, long value)
{
	struct buf text;

	buf_init(&text, 32);
	buf_printf(&text, "%ld", value);
	config_set(c, name, buf_slice(&text));
	buf_fini(&text);
}

long
config_number(const struct config *c, const char *name, long by_default)
{
	const struct line *l = find_line(&c->preference, slice_of(name));
	slice digits = l != NULL ? buf_slice(&l->value) : SLICE_NONE;
	bool negative = digits.n > 1 && digits.p[0] == '-';
	uint64_t n;

	if (!slice_number(slice_drop(digits, negative), &n) || n > LONG_MAX)
		return by_default;
	return negative ? -(long)n : (long)n;
}

/* --- history --- */

bool
config_history(const struct config *c, const char *prompt, size_t n, slice *line_r)
{
	for (size_t i = c->history.n; i > 0; i--)
		if (slice_eq(buf_slice(&c->history.v[i - 1].name), slice_of(prompt)) && n-- == 0) {
			*line_r = buf_slice(&c->history.v[i - 1].value);
			return true;
		}
	return false;
}

/* The same line before goes, and the oldest ones over the limit. */
static void
make_room(struct lines *lines, slice prompt, slice line)
{
	size_t kept = 0;

	for (size_t i = lines->n; i > 0; i--) {
		struct line *l = &lines->v[i - 1];

		if (slice_eq(buf_slice(&l->name), prompt)
		    && (slice_eq(buf_slice(&l->value), line) || ++kept >= LIMIT_HISTORY))
			remove_line(lines, i - 1);
	}
}

static void
type(struct lines *lines, slice prompt, slice line)
{
	struct line l = { 0 };

	buf_init(&l.value, LIMIT_PROMPT);
	set_value(&l, slice_trim(line));
	if (l.value.n > 0 && !l.value.full) {
		make_room(lines, prompt, buf_slice(&l.value));
		add_line(lines, prompt, buf_slice(&l.value))->changed = true;
	}
	buf_fini(&l.value);
}

void
config_typed(struct config *c, const char *prompt, slice line)
{
	type(&c->history, slice_of(prompt), line);
}

/* --- writing --- */

static bool
has_changes(const struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		if (lines->v[i].changed)
			return true;
	return false;
}

/* What another run wrote since it was read stays: changes are put into the file as it is now. */
static bool
save(struct config *c, struct lines *lines, const struct buf *path, const char *sign, void (*put)(struct lines *, slice, slice))
{
	struct lines now = { 0 };
	struct buf text;
	bool ok;

	if (!has_changes(lines))
		return true;
	ok = load(c, path, &now, (uint8_t)(put == set ? '=' : ':'));
	for (size_t i = 0; i < lines->n; i++)
		if (lines->v[i].changed)
			put(&now, buf_slice(&lines->v[i].name), buf_slice(&lines->v[i].value));
	buf_init(&text, SIZE_MAX / 2);
	print(&now, sign, &text);
	ok = ok && config_write((const char *)path->p, buf_slice(&text), &c->trouble);
	for (size_t i = 0; ok && i < lines->n; i++)
		lines->v[i].changed = false;
	buf_fini(&text);
	free_lines(&now);
	return ok;
}

bool
config_save(struct config *c)
{
	bool ok = true;

	if (!c->remember)
		return true;
	if (!c->screen_unread)
		ok = save(c, &c->preference, &c->screen_path, " = ", set);
	if (!c->history_unread)
		ok = save(c, &c->history, &c->history_path, ": ", type) && ok;
	return ok;
}

const char *
config_trouble(const struct config *c)
{
	return c->trouble.n > 0 ? (const char *)c->trouble.p : NULL;
}

void
config_free(struct config **cp)
{
	struct config *c = *cp;

	if (c == NULL)
		return;
	config_save(c);
	free_lines(&c->preference);
	free_lines(&c->history);
	buf_fini(&c->screen_path);
	buf_fini(&c->history_path);
	buf_fini(&c->trouble);
	free(c);
	*cp = NULL;
}
