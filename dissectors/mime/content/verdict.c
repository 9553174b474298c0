#include "verdict.h"

#include "base/buf.h"
#include "dissectors/mime/header/judge.h"

#define COUNT(array)  (sizeof(array) / sizeof *(array))

/* What is declared for what, out of habit: a program's older or plainer kind for all that it opens. */
static const struct { enum magic declared, found; } habits[] = {
	{ MAGIC_DOC, MAGIC_RTF }, { MAGIC_DOC, MAGIC_DOCX }, { MAGIC_DOC, MAGIC_DOCM }, { MAGIC_DOCX, MAGIC_DOC },
	{ MAGIC_XLS, MAGIC_TEXT }, { MAGIC_XLS, MAGIC_XLSX }, { MAGIC_XLS, MAGIC_XLSM }, { MAGIC_XLS, MAGIC_XLSB },
	{ MAGIC_XLSX, MAGIC_XLS }, { MAGIC_XLS, MAGIC_SYLK },
	{ MAGIC_PPT, MAGIC_PPTX }, { MAGIC_PPT, MAGIC_PPTM }, { MAGIC_PPTX, MAGIC_PPT },
	{ MAGIC_TAR, MAGIC_GZIP }, { MAGIC_TAR, MAGIC_BZIP2 }, { MAGIC_TAR, MAGIC_XZ },
	{ MAGIC_MP4, MAGIC_MKV }, { MAGIC_WAV, MAGIC_MP3 },
};

/* An Office document with a password is an OLE2 file, whatever it was before (MS-OFFCRYPTO 2.3.4). */
static bool
may_be_encrypted(enum magic said, enum magic found)
{
	if (found != MAGIC_OLE2 && found != MAGIC_OFFICE_ENCRYPTED)
		return false;
	return magic_type(said)->class == CLASS_DOCUMENT && (magic_is(said, MAGIC_ZIP) || magic_is(said, MAGIC_OLE2));
}

static bool
agree(enum magic said, enum magic found)
{
	if (said == MAGIC_NONE || found == MAGIC_NONE || magic_is(said, found) || magic_is(found, said))
		return true;
	if (magic_is(said, MAGIC_TEXT) && magic_is(found, MAGIC_TEXT))
		return true;		/* which kind of text it is, no signature tells for sure */
	return may_be_encrypted(said, found);
}

static bool
is_habit(enum magic declared, enum magic found)
{
	for (size_t i = 0; i < COUNT(habits); i++)
		if (habits[i].declared == declared && habits[i].found == found)
			return true;
	return false;
}

/* A declared type that the table does not have may still tell by its first word, or by its suffix (RFC 6839). */
static enum magic
declared_as(slice type)
{
	static const struct { slice suffix; enum magic type; } suffixes[] = {
		{ SLICE("+zip"), MAGIC_ZIP }, { SLICE("+gzip"), MAGIC_GZIP }, { SLICE("+xml"), MAGIC_XML }, { SLICE("+json"), MAGIC_TEXT }
	};
	enum magic m = magic_declared(type);

	if (m != MAGIC_NONE)
		return m;
	if (slice_istarts(type, S("text/")))
		return MAGIC_TEXT;
	for (size_t i = 0; i < COUNT(suffixes); i++)
		if (type.n > suffixes[i].suffix.n && slice_ieq(slice_drop(type, type.n - suffixes[i].suffix.n), suffixes[i].suffix))
			return suffixes[i].type;
	return MAGIC_NONE;
}

static bool
type_contradicts(slice declared, enum magic found)
{
	enum magic said;

	if (found == MAGIC_NONE || magic_may_be_declared(found, declared))
		return false;
	said = declared_as(declared);
	return !agree(said, found) && !is_habit(said, found);
}

static bool
name_contradicts(slice filename, enum magic found)
{
	slice extension = name_extension(filename);

	if (found == MAGIC_NONE || magic_has_extension(found, extension))
		return false;
	return !agree(magic_extension(extension), found);
}

bool
verdict_contradicts(slice declared, slice filename, enum magic found)
{
	return type_contradicts(declared, found) || name_contradicts(filename, found);
}

/* A script that is sent as a file is news even where it is declared as text. */
bool
verdict_is_news(slice declared, slice filename, slice detected)
{
	enum magic found = magic_declared(detected), said = declared_as(declared);

	if (found == MAGIC_NONE || found == said)
		return false;
	if (verdict_contradicts(declared, filename, found))
		return true;
	if (magic_is(said, MAGIC_TEXT))
		return magic_type(found)->class == CLASS_SCRIPT && filename.n > 0;
	return found != MAGIC_TEXT && !is_habit(said, found);
}

/* A picture that is an archive too. Programs that unpack themselves are ordinary. */
static bool
is_two_things(enum magic found, bool ends_as_zip)
{
	return ends_as_zip && found != MAGIC_NONE && !magic_is(found, MAGIC_ZIP) && found != MAGIC_PE;
}

static void
tell_mismatch(const struct content_about *about, enum magic found, bool zip_too, const struct opener_user *user)
{
	struct buf said;

	buf_init(&said, LIMIT_DETAIL);
	if (type_contradicts(about->content_type, found)) {
		buf_text(&said, "declared ");
		buf_add(&said, about->content_type);
		buf_text(&said, ", ");
	}
	if (about->filename.n > 0) {
		buf_text(&said, "named ");
		buf_add(&said, about->filename);
		buf_text(&said, ", ");
	}
	buf_text(&said, "is ");
	buf_text(&said, magic_type(found)->media);
	if (zip_too)
		buf_text(&said, ", and ends as application/zip");
	user->note(user->self, FINDING_MIME_TYPE_MISMATCH, buf_slice(&said));
	buf_fini(&said);
}

/* Text runs only from a file; a body that shows a script is something to read. */
static bool
runs(const struct content_about *about, enum magic found)
{
	switch (magic_type(found)->class) {
	case CLASS_EXECUTABLE:
		return true;
	case CLASS_SCRIPT:
		return about->attachment || about->filename.n > 0;
	default:
		return false;
	}
}

static void
tell_executable(const struct content_about *about, const char *media, const struct opener_user *user)
{
	struct buf said;

	buf_init(&said, LIMIT_DETAIL);
	buf_add(&said, about->filename);
	if (media != NULL && about->filename.n > 0)
		buf_text(&said, ", ");
	if (media != NULL)
		buf_text(&said, media);
	user->note(user->self, FINDING_MIME_EXECUTABLE, buf_slice(&said));
	buf_fini(&said);
}

void
verdict_tell(const struct content_about *about, enum magic found, bool ends_as_zip, const struct opener_user *user)
{
	bool zip_too = is_two_things(found, ends_as_zip);

	if (zip_too || verdict_contradicts(about->content_type, about->filename, found))
		tell_mismatch(about, found, zip_too, user);
	if (runs(about, found))
		tell_executable(about, magic_type(found)->media, user);
	else if (name_is_executable(about->filename))
		tell_executable(about, NULL, user);
}
