/*
 * shortcut.c - what a Windows shortcut starts (MS-SHLLINK): its target and the
 * arguments, which are where an attack stands.
 */
#include "base/buf.h"
#include "base/charset.h"
#include "base/limits.h"
#include "base/read.h"
#include "facts.h"
#include "magic.h"

enum {
	FLAGS_AT = 20, HEADER = 76,
	HAS_ID_LIST = 1, HAS_LINK_INFO = 2, HAS_NAME = 4, HAS_RELATIVE = 8, HAS_FOLDER = 16, HAS_ARGUMENTS = 32, HAS_ICON = 64, IS_UNICODE = 128,
	INFO_HAS_PATH = 1,
	ENVIRONMENT = 0xa0000001, ANSI_SIZE = 260, UNICODE_SIZE = 520
};

struct shortcut {
	struct facts facts;
	struct buf file;
	bool gap;			/* what stands behind it has no place: the file ends there */
};

static bool
takes(const struct content_about *about, slice head)
{
	(void)head;
	return magic_of(about->detected) == MAGIC_LNK;
}

static void
open_shortcut(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct shortcut *s = state;

	(void)about;
	s->facts.user = user;
	buf_init(&s->file, LIMIT_SHORTCUT);
}

static void
feed(void *state, slice bytes)
{
	struct shortcut *s = state;

	if (!s->gap)
		buf_add(&s->file, bytes);
}

static void
gap(void *state, uint64_t missing)
{
	struct shortcut *s = state;

	(void)missing;
	s->gap = true;
}

static void
tell(struct shortcut *s, const char *name, slice raw, bool unicode)
{
	struct buf text;

	buf_init(&text, LIMIT_SHORTCUT);
	charset_to_utf8(unicode ? S("utf-16le") : S("windows-1252"), raw, &text);
	facts_tell(&s->facts, 0, slice_of(name), buf_slice(&text));
	buf_fini(&text);
}

/* Up to its NUL, one byte or two of them. */
static slice
up_to_nul(slice s, bool unicode)
{
	size_t step = unicode ? 2 : 1;

	for (size_t i = 0; i + step <= s.n; i += step)
		if (s.p[i] == 0 && (!unicode || s.p[i + 1] == 0))
			return slice_take(s, i);
	return s;
}

/* LinkInfo (2.3): the path of a target on this machine, in the sender's code page. Returns whether it is there. */
static bool
tell_path(struct shortcut *s, slice info)
{
	struct reader r = reader_of(info);
	uint32_t flags, at;

	read_skip(&r, 8);
	flags = read_le32(&r);
	read_skip(&r, 4);
	at = read_le32(&r);
	if (r.short_of || !(flags & INFO_HAS_PATH) || at >= info.n)
		return false;
	tell(s, "target", up_to_nul(slice_drop(info, at), false), false);
	return true;
}

/* StringData (2.4): a count of characters, and they. */
static slice
take_string(struct reader *r, bool unicode)
{
	size_t n = read_le16(r);

	return read_bytes(r, unicode ? 2 * n : n);
}

/* ExtraData (2.5): blocks; one names the target by an environment variable. */
static void
tell_environment(struct shortcut *s, struct reader *r)
{
	while (r->rest.n >= 8) {
		uint32_t size = read_le32(r);
		struct reader block;

		if (size < 8)
			return;
		block = reader_of(read_bytes(r, size - 4));
		if (read_le32(&block) != ENVIRONMENT)
			continue;
		read_skip(&block, ANSI_SIZE);
		tell(s, "target", up_to_nul(read_bytes(&block, UNICODE_SIZE), true), true);
	}
}

static void
read_strings(struct shortcut *s, struct reader *r, uint32_t flags, bool have_path)
{
	static const struct { uint32_t flag; const char *name; } strings[] = {
		{ HAS_NAME, "description" }, { HAS_RELATIVE, "relative_path" }, { HAS_FOLDER, "folder" }, { HAS_ARGUMENTS, "arguments" },
		{ HAS_ICON, NULL }
	};

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		slice text;

		if (!(flags & strings[i].flag))
			continue;
		text = take_string(r, flags & IS_UNICODE);
		if (strings[i].name != NULL && !r->short_of)
			tell(s, strings[i].name, text, flags & IS_UNICODE);
	}
	if (!have_path)
		tell_environment(s, r);
}

static void
read_file(struct shortcut *s)
{
	struct reader r = reader_of(slice_drop(buf_slice(&s->file), FLAGS_AT));
	uint32_t flags = read_le32(&r);
	bool have_path = false;

	read_skip(&r, HEADER - FLAGS_AT - 4);
	if (flags & HAS_ID_LIST)
		read_skip(&r, read_le16(&r));
	if (flags & HAS_LINK_INFO) {
		struct reader peek = r;
		uint32_t size = read_le32(&peek);

		have_path = tell_path(s, read_bytes(&r, size < 4 ? 4 : size));
	}
	read_strings(s, &r, flags, have_path);
}

static bool
close_shortcut(void *state, bool whole)
{
	struct shortcut *s = state;
	bool cut = s->file.full;

	(void)whole;
	read_file(s);
	buf_fini(&s->file);
	return cut || s->facts.truncated;
}

static size_t
memory(const void *state)
{
	return ((const struct shortcut *)state)->file.cap;
}

const struct opener shortcut_opener = {
	.name = "shortcut", .state_size = sizeof(struct shortcut), .takes = takes, .open = open_shortcut, .feed = feed, .gap = gap,
	.close = close_shortcut, .memory = memory,
};
