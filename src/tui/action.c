/*
 * action.c - what keys do.
 */
#include "action.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

static const struct action_info infos[ACTIONS] = {
#define ACTION(id, keys_, brief_, name_, about_, where_) \
	[ACTION_##id] = { .action = ACTION_##id, .keys = keys_, .brief = brief_, .name = name_, .about = about_, .where = where_ },
#include "actions.def"
};

/* Keys with a name of more than one character. */
static const struct { const char *name; uint32_t key; } named[] = {
	{ "Down", KEY_CURSOR_DOWN }, { "Up", KEY_CURSOR_UP }, { "Left", KEY_CURSOR_LEFT }, { "Right", KEY_CURSOR_RIGHT },
	{ "PgDn", KEY_PAGE_DOWN }, { "PgUp", KEY_PAGE_UP }, { "Home", KEY_TOP }, { "End", KEY_BOTTOM },
	{ "Enter", KEY_RETURN }, { "Esc", KEY_ESCAPE }, { "Tab", KEY_TAB }, { "BackTab", KEY_TAB_BACK }, { "Space", KEY_BLANK },
	{ "Backspace", KEY_RUBOUT }, { "Del", KEY_ERASE },
	{ "F1", KEY_F_1 }, { "F2", KEY_F_2 }, { "F3", KEY_F_3 }, { "F4", KEY_F_4 }, { "F5", KEY_F_5 },
	{ "F6", KEY_F_6 }, { "F7", KEY_F_7 }, { "F8", KEY_F_8 }, { "F9", KEY_F_9 }, { "F10", KEY_F_10 },
};
enum { NAMED = sizeof named / sizeof named[0] };

const struct action_info *
action_info(enum action action)
{
	CHECK(action > ACTION_NONE && action < ACTIONS);
	return &infos[action];
}

uint32_t
key_parse(const char *name, size_t n)
{
	uint32_t key;

	for (size_t i = 0; i < NAMED; i++)
		if (strlen(named[i].name) == n && memcmp(named[i].name, name, n) == 0)
			return named[i].key;
	if (n == 2 && name[0] == '^' && name[1] >= '@' && name[1] <= '_')
		return KEY_CONTROL((uint32_t)name[1]);
	if (n == 0 || utf8_take((slice){ (const uint8_t *)name, n }, &key) != n || key == UTF8_INVALID)
		return KEY_NOTHING;
	return key;
}

const char *
key_label(uint32_t key, char buf[16])
{
	uint8_t utf8[4];

	for (size_t i = 0; i < NAMED; i++)
		if (named[i].key == key)
			return strcpy(buf, named[i].name);
	if (key < ' ')
		snprintf(buf, 16, "^%c", (char)(key + '@'));
	else if (key < UTF8_INVALID)
		snprintf(buf, 16, "%.*s", (int)utf8_put(key, utf8), (const char *)utf8);
	else
		strcpy(buf, "?");
	return buf;
}

/* Is the key one of these, which stand in a row? */
static bool
is_among(const char *keys, uint32_t key)
{
	for (const char *p = keys; *p != '\0'; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (key_parse(p, n) == key)
			return true;
		p += n;
	}
	return false;
}

enum action
action_of_key(uint32_t key, unsigned where)
{
	if (key == KEY_NOTHING)
		return ACTION_NONE;
	for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
		if ((infos[a].where & where) != 0 && is_among(infos[a].keys, key))
			return a;
	return ACTION_NONE;
}

enum action
action_of_name(const char *name, size_t n)
{
	for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
		if (strlen(infos[a].name) == n && memcmp(infos[a].name, name, n) == 0)
			return a;
	return ACTION_NONE;
}
