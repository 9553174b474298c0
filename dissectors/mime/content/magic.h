/*
 * magic.h - what kind of file is this? By its first bytes, by its declared
 * media type, or by the extension of its name.
 *
 * The kinds stand in magic.def, their signatures in magic.c. All three
 * questions are answered conservatively: what is not sure is NONE.
 *
 * BUGS: text in an 8-bit charset is known only by the words that it begins
 * with; without one it is NONE, because short binary data can look the same.
 */
#ifndef MIME_MAGIC_H
#define MIME_MAGIC_H

#include "base/limits.h"
#include "base/slice.h"

enum magic_class {
	CLASS_OTHER,
	CLASS_TEXT,
	CLASS_SCRIPT,			/* text that runs when it is opened */
	CLASS_EXECUTABLE,
	CLASS_ARCHIVE,
	CLASS_DISK,			/* mounted when it is opened, and its files lose the mark of the web */
	CLASS_DOCUMENT,
	CLASS_IMAGE, CLASS_AUDIO, CLASS_VIDEO,
	CLASS_CRYPTO
};

enum magic {
	MAGIC_NONE,
#define TYPE(name, media, class, parent, extensions, aliases) MAGIC_##name,
#include "magic.def"
#undef TYPE
	MAGICS
};

struct magic_type {
	const char *media;		/* the type's one name; NULL for MAGIC_NONE */
	enum magic_class class;
	enum magic parent;		/* what it is a kind of */
	const char *extensions;		/* lower case, parted by blanks */
	const char *aliases;
};

const struct magic_type *magic_type(enum magic);

/* head: the first LIMIT_SNIFF bytes of a file, or all there are. More would not change the answer, less can. */
enum magic magic_find(slice head);
/* What a declared media type means; of what says nothing ("application/octet-stream") or is not known: NONE. */
enum magic magic_declared(slice media_type);
enum magic magic_extension(slice extension);	/* without the dot, any case */

/* The same questions about one kind, which is quicker. */
bool magic_may_be_declared(enum magic, slice media_type);
bool magic_has_extension(enum magic, slice extension);
enum magic magic_of(const char *media);		/* of a constant of magic_type() */

bool magic_is(enum magic, enum magic kind);	/* is it one, however indirectly? */

/* Some files tell what they are behind the head: feed pieces with the offset at which they stand, any cut. */
struct magic_late { uint8_t matched; };
enum magic magic_late_feed(struct magic_late *, uint64_t at, slice);	/* once known, says so; NONE before */

#endif
