/*
 * action.h - what keys do: the one table, from which help is made.
 *
 * actions.def has a line for each: its keys, its short name for the bottom
 * line, its name for the `:` line, the sentence in the help, where it holds.
 */
#ifndef ACTION_H
#define ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys: Unicode characters, control characters included, and these. */
enum {
	KEY_NOTHING = 0, KEY_TAB = 9, KEY_RETURN = 13, KEY_ESCAPE = 27, KEY_BLANK = ' ', KEY_RUBOUT = 127,
	KEY_SPECIAL = 0x200000,
	KEY_CURSOR_UP, KEY_CURSOR_DOWN, KEY_CURSOR_LEFT, KEY_CURSOR_RIGHT, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_TOP, KEY_BOTTOM,
	KEY_ERASE, KEY_TAB_BACK,
	KEY_F_1, KEY_F_2, KEY_F_3, KEY_F_4, KEY_F_5, KEY_F_6, KEY_F_7, KEY_F_8, KEY_F_9, KEY_F_10,
	KEYS_END,
	KEY_ALT = 0x400000,		/* a bit: with Alt, or behind an ESC that came in one piece with it */
	KEY_PASTED = 0x800000		/* a bit: a character that was pasted; KEY_RETURN between lines */
};
#define KEY_CONTROL(letter)	((letter) & 0x1f)

enum mouse_kind { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse { enum mouse_kind kind; int x, y; };

enum action {
	ACTION_NONE,
#define ACTION(id, keys, brief, name, about, where) ACTION_##id,
#include "actions.def"
	ACTIONS
};

/* Where an action holds: bits. */
enum {
	IN_LIST = 1, IN_LADDER = 2, IN_TEXT = 4, IN_MAIL = 8, IN_HEAD = 16, IN_FIND = 32, IN_STAT = 64, IN_TLS = 128,
	IN_HELP = 256, IN_SESSION = IN_LADDER | IN_TEXT | IN_MAIL | IN_HEAD | IN_TLS, IN_ALL = 511
};

struct action_info {
	enum action action;
	const char *keys;		/* "j Down ^N", as shown in the help; the first is shown in the bottom line */
	const char *brief;		/* "save" */
	const char *name;		/* of the `:` line: "save" */
	const char *about;
	unsigned where;
};

const struct action_info *action_info(enum action);
enum action action_of_key(uint32_t key, unsigned where);
enum action action_of_name(const char *name, size_t n);
/* "^D", "PgDn", "F7", "Space". Returns buf. */
const char *key_label(uint32_t key, char buf[16]);
uint32_t key_parse(const char *name, size_t n);		/* KEY_NOTHING: no such key */

#endif
