/*
 * judge_name.c - file names that do harm, and what their extensions mean.
 */
#include "judge.h"

#include "base/limits.h"
#include "base/utf8.h"

/*
 * What runs, or lets something run, when a person opens it. The lists by which
 * large mail systems refuse attachments agree on most of these.
 */
static const slice executable[] = {
	/* Programs of Windows, what it treats as one (a .scr is an .exe, a .pif may be one), and what programs load. */
	SLICE("exe"), SLICE("com"), SLICE("scr"), SLICE("pif"), SLICE("cpl"), SLICE("dll"), SLICE("ocx"), SLICE("sys"), SLICE("drv"), SLICE("vxd"),
	SLICE("gadget"), SLICE("application"), SLICE("appref-ms"),
	/* Installers. */
	SLICE("msi"), SLICE("msp"), SLICE("mst"), SLICE("msix"), SLICE("msixbundle"), SLICE("appx"), SLICE("appxbundle"), SLICE("appinstaller"),
	SLICE("inf"), SLICE("ins"), SLICE("isp"), SLICE("nsh"), SLICE("apk"), SLICE("pkg"), SLICE("xpi"),
	/* Scripts that a shell or the Windows Script Host runs. */
	SLICE("bat"), SLICE("cmd"), SLICE("vb"), SLICE("vbs"), SLICE("vbe"), SLICE("js"), SLICE("jse"), SLICE("mjs"), SLICE("ws"), SLICE("wsf"),
	SLICE("wsh"), SLICE("wsc"), SLICE("sct"), SLICE("ps1"), SLICE("ps2"), SLICE("ps1xml"), SLICE("ps2xml"), SLICE("psc1"), SLICE("psm1"),
	SLICE("psd1"), SLICE("msh"), SLICE("msh1"), SLICE("mshxml"), SLICE("sh"), SLICE("bash"), SLICE("csh"), SLICE("ksh"), SLICE("command"),
	SLICE("run"), SLICE("elf"), SLICE("scpt"), SLICE("applescript"), SLICE("workflow"), SLICE("py"), SLICE("pyc"), SLICE("pyw"),
	SLICE("pyz"), SLICE("pyzw"), SLICE("ahk"), SLICE("au3"),
	/* Programs of Java and .NET. */
	SLICE("jar"), SLICE("jnlp"), SLICE("class"), SLICE("xbap"),
	/* Pages that run with a program's rights, help with script in it, consoles. */
	SLICE("hta"), SLICE("chm"), SLICE("hlp"), SLICE("msc"), SLICE("wsb"),
	/* Links: they start what they name, with arguments. */
	SLICE("lnk"), SLICE("url"), SLICE("website"), SLICE("webloc"), SLICE("inetloc"), SLICE("fileloc"), SLICE("desktop"), SLICE("scf"),
	SLICE("library-ms"), SLICE("search-ms"), SLICE("searchconnector-ms"), SLICE("settingcontent-ms"), SLICE("theme"), SLICE("themepack"),
	SLICE("rdp"), SLICE("shb"), SLICE("shs"), SLICE("pcd"),
	/* Settings, which make something run later. */
	SLICE("reg"), SLICE("job"), SLICE("diagcab"), SLICE("diagcfg"), SLICE("diagpkg"), SLICE("grp"), SLICE("xnk"),
	/* Disk images: what is in them has lost its mark of coming from elsewhere. */
	SLICE("iso"), SLICE("img"), SLICE("vhd"), SLICE("vhdx"), SLICE("vmdk"), SLICE("dmg"), SLICE("udf"),
	/* Documents that are programs: add-ins, databases that run at once. */
	SLICE("xll"), SLICE("wll"), SLICE("xlam"), SLICE("ppam"), SLICE("ade"), SLICE("adp"), SLICE("mda"), SLICE("mde"), SLICE("accde"),
	SLICE("mam"), SLICE("maf"), SLICE("iqy"), SLICE("slk"),
};

/* Extensions that look harmless before one of those. */
static const slice harmless[] = {
	SLICE("pdf"), SLICE("doc"), SLICE("docx"), SLICE("docm"), SLICE("dot"), SLICE("dotx"), SLICE("rtf"), SLICE("odt"), SLICE("xls"),
	SLICE("xlsx"), SLICE("xlsm"), SLICE("xlsb"), SLICE("csv"), SLICE("ods"), SLICE("ppt"), SLICE("pptx"), SLICE("pps"), SLICE("ppsx"),
	SLICE("odp"), SLICE("txt"), SLICE("log"), SLICE("md"), SLICE("htm"), SLICE("html"), SLICE("shtml"), SLICE("xml"), SLICE("json"),
	SLICE("eml"), SLICE("msg"), SLICE("ics"), SLICE("vcf"), SLICE("jpg"), SLICE("jpeg"), SLICE("png"), SLICE("gif"), SLICE("bmp"),
	SLICE("tif"), SLICE("tiff"), SLICE("webp"), SLICE("heic"), SLICE("svg"), SLICE("mp3"), SLICE("wav"), SLICE("ogg"), SLICE("m4a"),
	SLICE("mp4"), SLICE("avi"), SLICE("mov"), SLICE("mkv"), SLICE("mpg"), SLICE("mpeg"), SLICE("zip"), SLICE("rar"), SLICE("7z"),
	SLICE("gz"), SLICE("tgz"), SLICE("tar"), SLICE("bz2"), SLICE("xz"), SLICE("cab"), SLICE("epub"), SLICE("dwg"), SLICE("one"),
};

/* Device names of Windows, with or without an extension. */
static const slice devices[] = {
	SLICE("con"), SLICE("prn"), SLICE("aux"), SLICE("nul"), SLICE("clock$"), SLICE("conin$"), SLICE("conout$"),
};

/* What one look over the characters tells. */
struct chars { bool control, turns, usable; };

struct report {
	void (*note)(void *self, enum finding, slice detail);
	void *self;
	slice name;
};

static bool
is_one_of(slice word, const slice *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (slice_ieq(word, table[i]))
			return true;
	}
	return false;
}

static bool
is_separator(uint8_t c)
{
	return c == '/' || c == '\\';
}

/* Behind the last separator. */
static slice
base_of(slice name)
{
	for (size_t i = name.n; i-- > 0; ) {
		if (is_separator(name.p[i]))
			return slice_drop(name, i + 1);
	}
	return name;
}

static bool
slice_iends(slice s, slice end)
{
	return s.n >= end.n && slice_ieq(slice_drop(s, s.n - end.n), end);
}

/* Without dots and blanks at its end, as Windows stores it; and without what names the file's own content there. */
static slice
stored(slice name)
{
	if (slice_iends(name, S("::$DATA")))
		name.n -= strlen("::$DATA");
	while (name.n > 0 && (name.p[name.n - 1] == '.' || name.p[name.n - 1] == ' '))
		name.n--;
	return name;
}

/* Without blanks of any kind at its end: an extension is pushed out of sight by them. */
static slice
trim_spaces(slice name)
{
	static const slice spaces[] = {
		SLICE(" "), SLICE("\t"), SLICE("\xc2\xa0"), SLICE("\xe2\x80\x82"), SLICE("\xe2\x80\x83"), SLICE("\xe2\x80\x84"),
		SLICE("\xe2\x80\x85"), SLICE("\xe2\x80\x86"), SLICE("\xe2\x80\x87"), SLICE("\xe2\x80\x88"), SLICE("\xe2\x80\x89"),
		SLICE("\xe2\x80\x8a"), SLICE("\xe2\x80\x8b"), SLICE("\xe2\x80\xaf"), SLICE("\xe2\x81\x9f"), SLICE("\xe3\x80\x80"),
	};
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
			if (slice_iends(name, spaces[i])) {
				name.n -= spaces[i].n;
				more = true;
			}
		}
	}
	return name;
}

/* Behind the last dot; what stands before that dot in head_r. Empty, and all is head: there is none. */
static slice
split_extension(slice name, slice *head_r)
{
	name = stored(base_of(name));
	for (size_t i = name.n; i-- > 0; ) {
		if (name.p[i] == '.') {
			*head_r = slice_take(name, i);
			return slice_drop(name, i + 1);
		}
	}
	*head_r = name;
	return slice_drop(name, name.n);
}

slice
name_extension(slice filename)
{
	slice head;

	return split_extension(filename, &head);
}

/* An extension in braces is a class id: Windows starts that class, and does not show the extension. */
static bool
is_executable(slice extension)
{
	return is_one_of(extension, executable, sizeof executable / sizeof *executable)
	    || (extension.n == 38 && extension.p[0] == '{' && extension.p[37] == '}');
}

bool
name_is_executable(slice filename)
{
	return is_executable(name_extension(filename));
}

/* Two extensions, the last of which runs and the other one is what the reader is meant to see. Blanks may stand between. */
static bool
is_double(slice name)
{
	slice head, last = split_extension(name, &head), before = split_extension(trim_spaces(head), &head);

	return is_executable(last) && is_one_of(before, harmless, sizeof harmless / sizeof *harmless);
}

static struct chars
look_at(slice name)
{
	struct chars c = { false, false, false };

	while (name.n > 0) {
		uint32_t u;

		name = slice_drop(name, utf8_take(name, &u));
		c.control |= u < 0x20 || (u >= 0x7f && u < 0xa0) || u == 0x2028 || u == 0x2029;
		c.turns |= (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
		c.usable |= u > 0x20 && u != '.' && u != '/' && u != '\\' && u != 0x7f;
	}
	return c;
}

/* RFC 2183 2.3: a name is never a path. */
static bool
is_path(slice name)
{
	bool drive = name.n > 1 && char_is_alpha(name.p[0]) && name.p[1] == ':';

	return drive || base_of(name).n < name.n || slice_eq(name, S(".."));
}

/* "com1" to "com9", "lpt1" to "lpt9"; superscript digits count. */
static bool
is_numbered_device(slice name)
{
	slice digit = slice_drop(name, 3);

	if (!slice_istarts(name, S("com")) && !slice_istarts(name, S("lpt")))
		return false;
	return (digit.n == 1 && digit.p[0] >= '1' && digit.p[0] <= '9')
	    || slice_eq(digit, S("\xc2\xb9")) || slice_eq(digit, S("\xc2\xb2")) || slice_eq(digit, S("\xc2\xb3"));
}

static bool
is_reserved(slice name)
{
	slice first, rest;

	name = base_of(name);
	slice_cut(name, '.', &first, &rest);
	first = slice_trim(first);
	return stored(name).n < name.n || is_one_of(first, devices, sizeof devices / sizeof *devices) || is_numbered_device(first);
}

static void
report_if(const struct report *r, bool found, enum finding f)
{
	if (found)
		r->note(r->self, f, slice_take(r->name, LIMIT_FILE_NAME));
}

void
judge_file_name(slice name, void (*note)(void *self, enum finding, slice detail), void *self)
{
	struct report r = { note, self, name };
	struct chars c = look_at(name);

	report_if(&r, c.turns, FINDING_NAME_BIDI);
	report_if(&r, c.control, FINDING_NAME_CONTROL);
	report_if(&r, is_path(name), FINDING_NAME_TRAVERSAL);
	report_if(&r, name.n > LIMIT_FILE_NAME, FINDING_NAME_LONG);
	if (!c.usable) {
		report_if(&r, true, FINDING_NAME_EMPTY);
		return;
	}
	report_if(&r, is_double(name), FINDING_NAME_DOUBLE_EXT);
	report_if(&r, slice_starts(name, S("-")) || slice_starts(base_of(name), S("-")), FINDING_NAME_OPTION_LIKE);
	report_if(&r, is_reserved(name), FINDING_NAME_RESERVED);
}

/* From the root, from a drive, or upwards on the way. */
static bool
leaves_folder(slice name)
{
	if (name.n > 0 && (name.p[0] == '/' || name.p[0] == '\\' || (name.n > 1 && char_is_alpha(name.p[0]) && name.p[1] == ':')))
		return true;
	for (size_t i = 0, start = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '/' && name.p[i] != '\\')
			continue;
		if (slice_eq((slice){ name.p + start, i - start }, S("..")))
			return true;
		start = i + 1;
	}
	return false;
}

void
judge_member_name(slice name, void (*note)(void *self, enum finding, slice detail), void *self)
{
	struct report r = { note, self, name };
	struct chars c = look_at(name);

	report_if(&r, c.turns, FINDING_NAME_BIDI);
	report_if(&r, c.control, FINDING_NAME_CONTROL);
	report_if(&r, leaves_folder(name), FINDING_NAME_TRAVERSAL);
}
