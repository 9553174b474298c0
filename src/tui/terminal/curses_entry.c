#include "curses_entry.h"

#include <stdio.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <ncursesw/curses.h>
#include <ncursesw/term.h>

static const char *
entry(const char *name)
{
	const char *text = tigetstr(name);

	return text == (const char *)-1 ? NULL : text;
}

bool
entry_has_cursor(const char *term)
{
	bool has;
	int error;

	if (setupterm(term, STDOUT_FILENO, &error) != OK)
		return true;
	has = entry("cup") != NULL;
	del_curterm(cur_term);
	return has;
}

void
entry_keys(struct keys *keys)
{
	static const struct { const char *name; uint32_t key; } table[] = {
		{ "kcuu1", KEY_CURSOR_UP }, { "kcud1", KEY_CURSOR_DOWN }, { "kcub1", KEY_CURSOR_LEFT },
		{ "kcuf1", KEY_CURSOR_RIGHT }, { "kpp", KEY_PAGE_UP }, { "knp", KEY_PAGE_DOWN }, { "khome", KEY_TOP },
		{ "kend", KEY_BOTTOM }, { "kdch1", KEY_ERASE }, { "kcbt", KEY_TAB_BACK }, { "kent", KEY_RETURN },
		{ "kf1", KEY_F_1 }, { "kf2", KEY_F_2 }, { "kf3", KEY_F_3 }, { "kf4", KEY_F_4 }, { "kf5", KEY_F_5 },
		{ "kf6", KEY_F_6 }, { "kf7", KEY_F_7 }, { "kf8", KEY_F_8 }, { "kf9", KEY_F_9 }, { "kf10", KEY_F_10 },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		keys_learn(keys, entry(table[i].name), table[i].key);
}

bool
entry_has(const char *capability)
{
	return entry(capability) != NULL;
}

void
entry_send(const char *capability)
{
	const char *text = entry(capability);

	if (text == NULL)
		return;
	putp(text);
	fflush(stdout);
}

static struct buf *collecting;		/* tputs() gives its function nothing but the byte */

static int
collect(int c)
{
	buf_add_byte(collecting, (uint8_t)c);
	return c;
}

/* Adds a capability, without the padding that stands in the text of some. */
static void
add(struct buf *out, const char *text)
{
	collecting = out;
	if (text != NULL)
		tputs(text, 1, collect);
}

/* In the order in which ncurses does it: cursor to the last line, everything off, then the other screen. */
void
entry_farewell(struct buf *out, int height, bool mouse)
{
	const char *xm = entry("XM"), *cup = entry("cup");

	add(out, entry("BD"));
	/* An entry that knows of a mouse, and not how to turn it on, means xterm's way: so ncurses takes it, too. */
	if (mouse && xm != NULL)
		add(out, tparm(xm, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
	else if (mouse && entry("kmous") != NULL)
		buf_text(out, "\033[?1000l");
	add(out, entry("sgr0"));
	add(out, entry("op"));
	if (cup != NULL)
		add(out, tparm(cup, (long)height - 1, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
	add(out, entry("el"));
	add(out, entry("cnorm"));
	add(out, entry("rmkx"));
	add(out, entry("rmcup"));
}
