/*
 * show.c - how outputs look: times, colours, digests; and is there a screen?
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/limits.h"
#include "parse.h"
#include "tui/tui.h"
#include "values.h"

enum { NARROWEST = 40 };		/* columns for which lines are broken */

int
take_time(struct parse *p, const char *text)
{
	static const char *const names[] = { "r", "a", "ad", "u", "ud", "e", "d", "n", NULL };
	int i;

	if (!value_choice(text, names, &i))
		return usage("-t takes r a ad u ud e d or n: %s", text);
	p->o->show.time = (enum time_format)i;
	p->o->show.time_given = true;
	return -1;
}

int
take_verbose(struct parse *p, const char *arg)
{
	(void)arg;
	p->o->show.verbose++;
	return -1;
}

int
take_lines(struct parse *p, const char *arg)
{
	(void)arg;
	p->lines_given = p->o->show.line_buffered = true;
	return -1;
}

int
take_json_max(struct parse *p, const char *text)
{
	if (!value_size(text, &p->o->show.json_max) || p->o->show.json_max < 4 * KiB)
		return usage("--json-max takes a size of at least 4k: %s", text);
	return -1;
}

static bool
digest_of(slice name, uint32_t *want_r)
{
	static const struct { slice name; uint32_t want; } digests[] = {
		{ SLICE("sha256"), WANT_SHA256 }, { SLICE("sha1"), WANT_SHA1 }, { SLICE("md5"), WANT_MD5 }, { SLICE("none"), 0 },
	};

	for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++)
		if (slice_eq(name, digests[i].name)) {
			*want_r = digests[i].want;
			return true;
		}
	return false;
}

int
take_hash(struct parse *p, const char *text)
{
	struct output_options *show = &p->o->show;
	slice name, rest = slice_of(text);
	uint32_t want;

	show->digests = 0;
	show->digest_all = !slice_eq(rest, S("none"));
	do {
		slice_cut(rest, ',', &name, &rest);
		if (!digest_of(name, &want))
			return usage("--hash takes sha256, sha1, md5 (with commas), or none: %s", text);
		show->digests |= want;
	} while (rest.n > 0);
	return -1;
}

int
take_all_parts(struct parse *p, const char *arg)
{
	(void)arg;
	p->o->show.all_parts = p->o->show.digest_all = true;
	return -1;
}

/* auto, never, and in between always or (progress) json. */
static int
take_choice(const char *option, const char *text, enum choice *choice_r, bool json)
{
	static const char *const names[] = { "auto", "always", "never", "json", NULL };
	int i;

	if (!value_choice(text, names, &i) || (i == CHOICE_JSON) > json || (i == CHOICE_ALWAYS && json))
		return usage("%s takes auto, %s or never: %s", option, json ? "json" : "always", text);
	*choice_r = (enum choice)i;
	return -1;
}

int take_screen(struct parse *p, const char *text) { return take_choice("--screen", text, &p->screen, false); }
int take_colour(struct parse *p, const char *text) { return take_choice("--color", text, &p->o->colour, false); }
int take_defang(struct parse *p, const char *text) { return take_choice("--defang", text, &p->o->defang, false); }
int take_progress(struct parse *p, const char *text) { return take_choice("--progress", text, &p->o->progress, true); }

/* Why there can be no screen, asked for or not. */
static bool
is_screen_possible(const struct options *o, struct buf *why)
{
	for (size_t i = 0; i < o->noutput; i++)
		if (o->output[i].path == NULL) {
			buf_printf(why, "-T %s writes to the same terminal: give it a file", o->output[i].format);
			return false;
		}
	return tui_is_possible(why);
}

/* Somebody looks on, and asked for nothing else. */
static bool
wants_screen(const struct parse *p)
{
	const struct options *o = p->o;

	return p->screen == CHOICE_ALWAYS
	    || (p->screen == CHOICE_AUTO && o->noutput == 0 && !o->quiet && !p->lines_given && o->stop_packets == 0
		&& o->write == NULL && !o->check_sandbox);
}

int
decide_screen(const struct parse *p)
{
	struct options *o = p->o;
	struct buf why;
	int status = -1;

	if (!wants_screen(p))
		return -1;
	buf_init(&why, KiB);
	o->screen = is_screen_possible(o, &why);
	if (!o->screen && p->screen == CHOICE_ALWAYS)
		status = usage("--screen always: %.*s", (int)why.n, (const char *)why.p);
	buf_fini(&why);
	return status;
}

/* no-color.org: if it is there and not empty. */
static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return (no == NULL || *no == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* Columns to break lines at; 0: it does not say, or has hardly any. */
static size_t
terminal_width(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < NARROWEST)
		return 0;
	return size.ws_col;
}

void
decide_looks(struct options *o)
{
	o->show.terminal = isatty(STDOUT_FILENO) == 1;
	/* Somebody looks on: what is known is shown at once, also while a pipe is silent. */
	o->show.line_buffered |= o->show.terminal;
	o->show.width = o->show.terminal ? terminal_width() : 0;
	o->show.colour.file = o->colour == CHOICE_ALWAYS;
	o->show.colour.screen = o->colour == CHOICE_ALWAYS
	    || (o->colour == CHOICE_AUTO && o->show.terminal && wants_colour());
	o->monochrome = o->colour == CHOICE_NEVER || (o->colour == CHOICE_AUTO && !wants_colour());
	o->show.defang.file = o->defang == CHOICE_ALWAYS;
	o->show.defang.screen = o->defang == CHOICE_ALWAYS || (o->defang == CHOICE_AUTO && o->show.terminal);
}
