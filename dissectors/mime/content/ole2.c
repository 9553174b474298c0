/*
 * ole2.c - compound files (MS-CFB): what kind of document, and does it carry
 * macros or a password?
 *
 * The directory may stand anywhere in the file, and the table that tells where
 * its sectors are may come behind it. But its entries have 128 bytes each and
 * stand at multiples of that, and the few names that tell something are long
 * enough to be nothing else: so each place where an entry could be is asked.
 *
 * BUGS: a document that is stored in the stream of another one is taken for a
 * part of it. Macros of Excel 4 stand in the workbook itself and are not seen.
 */
#include "dissectors/mime/archive/archive.h"

enum { ENTRY = 128, NAME_LENGTH = 64, TYPE = 66, CLASS = 80, CLASS_SIZE = 16, TYPE_ROOT = 5 };

struct ole2 {
	struct archive *archive;
	slice name;
	struct buf entry;		/* one that is not whole yet */
	enum magic kind;		/* by names */
	enum magic class;		/* by the root's class */
	bool encrypted;
};

/* Storages and streams, as long as they are. */
static const struct {
	slice name;
	enum magic kind;		/* NONE: says nothing about that */
	bool macro, encrypted;
} names[] = {
	{ SLICE("WordDocument"), MAGIC_DOC, false, false },
	{ SLICE("Workbook"), MAGIC_XLS, false, false },
	{ SLICE("Book"), MAGIC_XLS, false, false },
	{ SLICE("PowerPoint Document"), MAGIC_PPT, false, false },
	{ SLICE("VisioDocument"), MAGIC_VISIO, false, false },
	{ SLICE("__properties_version1.0"), MAGIC_MSG, false, false },
	{ SLICE("__nameid_version1.0"), MAGIC_MSG, false, false },
	{ SLICE("_VBA_PROJECT"), MAGIC_NONE, true, false },
	{ SLICE("_VBA_PROJECT_CUR"), MAGIC_NONE, true, false },
	{ SLICE("Macros"), MAGIC_NONE, true, false },
	{ SLICE("EncryptedPackage"), MAGIC_OFFICE_ENCRYPTED, false, true },
};

/* The root's class, as it stands there: the first three fields are little-endian. */
static const struct { uint8_t id[CLASS_SIZE]; enum magic kind; } classes[] = {
	{ { 0x06, 0x09, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_DOC },
	{ { 0x00, 0x09, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_DOC },
	{ { 0x20, 0x08, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_XLS },
	{ { 0x10, 0x08, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_XLS },
	{ { 0x10, 0x8d, 0x81, 0x64, 0x9b, 0x4f, 0xcf, 0x11, 0x86, 0xea, 0x00, 0xaa, 0x00, 0xb9, 0x29, 0xe8 }, MAGIC_PPT },
	{ { 0x0b, 0x0d, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_MSG },
	{ { 0x01, 0x12, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_PUBLISHER },
	{ { 0x14, 0x1a, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_VISIO },
	{ { 0x84, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_MSI },
	{ { 0x82, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_MSI },		/* a transform */
	{ { 0x86, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 }, MAGIC_MSI },		/* a patch */
};

static void
open_ole2(void *state, struct archive *a, unsigned depth, enum magic kind, slice name)
{
	struct ole2 *o = state;

	(void)kind;
	o->archive = a;
	o->name = depth > 0 ? name : SLICE_NONE;
	buf_init(&o->entry, ENTRY);
}

/* UTF-16 and a NUL, and the length of both in bytes (MS-CFB 2.6.1). */
static bool
has_name(const uint8_t *entry, slice name)
{
	if (entry[NAME_LENGTH] != 2 * name.n + 2 || entry[NAME_LENGTH + 1] != 0)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (entry[2 * i] != name.p[i] || entry[2 * i + 1] != 0)
			return false;
	return entry[2 * name.n] == 0 && entry[2 * name.n + 1] == 0;
}

/* The name's letters show what was found; the one with a document inside wins over what stands in it. */
static void
read_name(struct ole2 *o, const uint8_t *entry)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!has_name(entry, names[i].name))
			continue;
		if (names[i].kind != MAGIC_NONE && o->kind == MAGIC_NONE)
			o->kind = names[i].kind;
		if (names[i].macro)
			archive_macro(o->archive, o->name, names[i].name);
		if (names[i].encrypted) {
			o->encrypted = true;
			archive_encrypted(o->archive, o->name, names[i].name);
		}
	}
}

static void
read_class(struct ole2 *o, const uint8_t *entry)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (o->class == MAGIC_NONE && memcmp(entry + CLASS, classes[i].id, CLASS_SIZE) == 0)
			o->class = classes[i].kind;
}

static void
read_entry(struct ole2 *o, const uint8_t *entry)
{
	if (entry[TYPE] == TYPE_ROOT && has_name(entry, S("Root Entry")))
		read_class(o, entry);
	else if (entry[TYPE] == 1 || entry[TYPE] == 2)
		read_name(o, entry);
}

static void
feed(void *state, slice s)
{
	struct ole2 *o = state;

	if (o->entry.n > 0) {
		slice part = slice_take(s, ENTRY - o->entry.n);

		buf_add(&o->entry, part);
		s = slice_drop(s, part.n);
		if (o->entry.n < ENTRY)
			return;
		read_entry(o, o->entry.p);
		buf_clear(&o->entry);
	}
	for (; s.n >= ENTRY; s = slice_drop(s, ENTRY))
		read_entry(o, s.p);
	buf_add(&o->entry, s);
}

static enum magic
close_ole2(void *state, bool whole)
{
	struct ole2 *o = state;

	(void)whole;
	buf_fini(&o->entry);
	if (o->encrypted)
		return MAGIC_OFFICE_ENCRYPTED;
	return o->class != MAGIC_NONE ? o->class : o->kind;
}

const struct format ole2_format = {
	.kind = MAGIC_OLE2, .state_size = sizeof(struct ole2), .open = open_ole2, .feed = feed, .close = close_ole2,
};
