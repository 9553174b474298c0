#include "magic.h"

#include "base/read.h"
#include "base/utf8.h"

#define COUNT(array)  (sizeof(array) / sizeof *(array))

static const struct magic_type types[MAGICS] = {
	[MAGIC_NONE] = { NULL, CLASS_OTHER, MAGIC_NONE, "", "" },
#define TYPE(name, media, class, parent, extensions, aliases) \
	[MAGIC_##name] = { media, CLASS_##class, MAGIC_##parent, extensions, aliases },
#include "magic.def"
#undef TYPE
};

const struct magic_type *
magic_type(enum magic m)
{
	return &types[m];
}

bool
magic_is(enum magic m, enum magic kind)
{
	for (; m != MAGIC_NONE; m = types[m].parent)
		if (m == kind)
			return true;
	return false;
}

/* Names */

/* Is it one of the words, which are lower case and parted by single blanks? */
static bool
is_among(slice name, const char *words)
{
	while (*words != '\0') {
		size_t n = 0;

		while (words[n] != ' ' && words[n] != '\0')
			n++;
		if (n == name.n && slice_ieq((slice){ (const uint8_t *)words, n }, name))
			return true;
		words += words[n] == ' ' ? n + 1 : n;
	}
	return false;
}

bool
magic_may_be_declared(enum magic m, slice media_type)
{
	return m != MAGIC_NONE && (slice_ieq(media_type, slice_of(types[m].media)) || is_among(media_type, types[m].aliases));
}

bool
magic_has_extension(enum magic m, slice extension)
{
	return is_among(extension, types[m].extensions);
}

/* What is declared most often for want of anything better; asking the whole table takes microseconds. */
static bool
says_nothing(slice media_type)
{
	return media_type.n == 0 || slice_ieq(media_type, S("application/octet-stream"));
}

enum magic
magic_declared(slice media_type)
{
	for (enum magic m = MAGIC_NONE + 1; m < MAGICS && !says_nothing(media_type); m++)
		if (magic_may_be_declared(m, media_type))
			return m;
	return MAGIC_NONE;
}

enum magic
magic_extension(slice extension)
{
	for (enum magic m = MAGIC_NONE + 1; m < MAGICS && extension.n > 0; m++)
		if (magic_has_extension(m, extension))
			return m;
	return MAGIC_NONE;
}

enum magic
magic_of(const char *media)
{
	for (enum magic m = MAGIC_NONE + 1; m < MAGICS && media != NULL; m++)
		if (types[m].media == media)
			return m;
	return MAGIC_NONE;
}

/* What one signature alone does not prove */

static uint8_t
byte_at(slice head, size_t at)
{
	return at < head.n ? head.p[at] : 0;
}

static bool
stands_at(slice head, size_t at, slice bytes)
{
	return slice_starts(slice_drop(head, at), bytes);
}

/* Two letters are not enough: the header that they point to must be one, if it is near; else the head must be binary. */
static bool
is_pe(slice head)
{
	struct reader r = reader_of(slice_drop(head, 0x3c));
	uint32_t header = read_le32(&r);

	if (r.short_of)
		return false;
	if (header <= head.n - 4)
		return stands_at(head, header, S("PE\0\0")) || stands_at(head, header, S("NE")) || stands_at(head, header, S("LE"))
		    || header < 0x40;		/* a DOS program has no second header */
	return memchr(head.p, 0, head.n) != NULL;
}

/* The size of the second header is one of seven. */
static bool
is_bmp(slice head)
{
	uint8_t size = byte_at(head, 14);

	return head.n >= 18 && (size == 12 || size == 40 || size == 52 || size == 56 || size == 64 || size == 108 || size == 124)
	    && stands_at(head, 15, S("\0\0\0"));
}

/* A count of pictures, and the first one's entry, whose fourth byte is reserved. */
static bool
is_ico(slice head)
{
	return head.n >= 22 && byte_at(head, 4) > 0 && byte_at(head, 4) < 64 && byte_at(head, 5) == 0 && byte_at(head, 9) == 0
	    && byte_at(head, 10) <= 1 && byte_at(head, 11) == 0;
}

/* Java's and Mach-O's universal files begin alike; what follows is a version (45 and up) or a number of architectures. */
static bool
is_macho_fat(slice head)
{
	return head.n >= 8 && get_be32(head.p + 4) > 0 && get_be32(head.p + 4) < 40;
}

static bool
is_java_class(slice head)
{
	return head.n >= 8 && get_be32(head.p + 4) >= 45 && get_be32(head.p + 4) < 0x10000000;
}

/* An MPEG frame of layer III says its length: there the next one must begin. */
static bool
is_mp3_frame(slice head)
{
	static const uint16_t kbits[2][15] = {
		{ 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 },
		{ 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 }
	};
	static const uint16_t rates[3] = { 44100, 48000, 32000 };
	uint8_t version = byte_at(head, 1) >> 3 & 3, bits = byte_at(head, 2) >> 4, rate = byte_at(head, 2) >> 2 & 3;
	bool one = version == 3;			/* MPEG-1; 2 is MPEG-2, 0 is 2.5 */
	size_t n;

	if ((byte_at(head, 1) & 0xe6) != 0xe2 || version == 1 || bits == 0 || bits == 15 || rate == 3)
		return false;
	n = (one ? 144u : 72u) * 1000u * kbits[one][bits] / (rates[rate] >> (one ? 0 : version == 2 ? 1 : 2))
	    + (byte_at(head, 2) >> 1 & 1);
	return n + 2 <= head.n && head.p[n] == 0xff && head.p[n + 1] == head.p[1];
}

/* SEQUENCE { OBJECT IDENTIFIER 1.2.840.113549.1.7.n, as ContentInfo begins (RFC 5652 3); its length in any form of BER. */
static bool
is_pkcs7(slice head)
{
	uint8_t length = byte_at(head, 1);
	size_t at = length > 0x80 ? 2 + (length & 0x7fu) : 2;

	return length <= 0x84 && stands_at(head, at, S("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"));
}

/* The first packet of an encrypted message: a session key, version 3 (RFC 9580 5.1), for some kind of key that there is. */
static bool
is_pgp_message(slice head)
{
	uint8_t algorithm = byte_at(head, 12);

	return byte_at(head, 3) == 3 && (algorithm == 1 || algorithm == 2 || algorithm == 16 || algorithm == 18 || algorithm == 25);
}

/* A public key of version 4 (RFC 9580 5.5.2): its algorithm stands behind the time. */
static bool
is_pgp_key(slice head)
{
	uint8_t algorithm = byte_at(head, 8);

	return byte_at(head, 3) == 4 && (algorithm == 1 || algorithm == 17 || algorithm == 19 || algorithm == 22);
}

static bool
is_emf(slice head)
{
	return stands_at(head, 40, S(" EMF"));
}

/* Three letters and a version. */
static bool
is_swf(slice head)
{
	return byte_at(head, 3) > 0 && byte_at(head, 3) < 0x20 && head.n > 8;
}

/* A block begins with pi, an empty file ends with its root. */
static bool
is_bzip2(slice head)
{
	return stands_at(head, 4, S("\x31\x41\x59\x26\x53\x59")) || stands_at(head, 4, S("\x17\x72\x45\x38\x50\x90"));
}

/* The main header: at most 2600 bytes, of file type 2. */
static bool
is_arj(slice head)
{
	return head.n > 10 && (byte_at(head, 2) | byte_at(head, 3) << 8) <= 2600 && byte_at(head, 10) == 2;
}

/* "-lh5-": a member's method. */
static bool
is_lha(slice head)
{
	return byte_at(head, 6) == '-' && byte_at(head, 0) > 20 && (byte_at(head, 20) <= 3);
}

static bool
is_riff_wave(slice head) { return stands_at(head, 8, S("WAVE")); }
static bool
is_riff_avi(slice head) { return stands_at(head, 8, S("AVI ")); }
static bool
is_riff_webp(slice head) { return stands_at(head, 8, S("WEBP")); }
static bool
is_aiff(slice head) { return stands_at(head, 8, S("AIFF")) || stands_at(head, 8, S("AIFC")); }

/* A section header block says its byte order. */
static bool
is_pcapng(slice head)
{
	return stands_at(head, 8, S("\x1a\x2b\x3c\x4d")) || stands_at(head, 8, S("\x4d\x3c\x2b\x1a"));
}

/* A pcap file's version is 2, in the byte order of the magic. */
static bool
is_pcap(slice head)
{
	return stands_at(head, 4, S("\0\2\0\4")) || stands_at(head, 4, S("\2\0\4\0"));
}

/* Four bytes that begin many things: few tables, and the first one's name is printable. */
static bool
is_truetype(slice head)
{
	return head.n >= 16 && byte_at(head, 4) == 0 && byte_at(head, 5) > 3 && byte_at(head, 5) < 64
	    && char_is_print(byte_at(head, 12)) && char_is_print(byte_at(head, 13)) && char_is_print(byte_at(head, 14));
}

struct signature {
	uint16_t at;
	slice bytes;
	enum magic type;
	bool (*check)(slice head);
};

#define SIG(at, bytes, type)          { at, SLICE(bytes), MAGIC_##type, NULL }
#define SIG_IF(at, bytes, type, ask)  { at, SLICE(bytes), MAGIC_##type, ask }

/* The first that fits is the answer: the particular stands before the general. */
static const struct signature signatures[] = {
	SIG(0, "%PDF-", PDF),
	/* The first member is a stored "mimetype" (OpenDocument 1.2 part 3, 3.3; EPUB OCF 4.3). */
	SIG(30, "mimetypeapplication/vnd.oasis.opendocument.text", ODT),
	SIG(30, "mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ODS),
	SIG(30, "mimetypeapplication/vnd.oasis.opendocument.presentation", ODP),
	SIG(30, "mimetypeapplication/vnd.oasis.opendocument.graphics", ODG),
	SIG(30, "mimetypeapplication/epub+zip", EPUB),
	SIG(0, "PK\3\4", ZIP), SIG(0, "PK\5\6", ZIP), SIG(0, "PK\7\x8PK\3\4", ZIP), SIG(0, "PK00PK\3\4", ZIP),
	SIG(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE2),
	SIG_IF(0, "MZ", PE, is_pe),
	SIG(0, "\x7f" "ELF", ELF),
	SIG(0, "\xfe\xed\xfa\xce", MACHO), SIG(0, "\xfe\xed\xfa\xcf", MACHO),
	SIG(0, "\xce\xfa\xed\xfe", MACHO), SIG(0, "\xcf\xfa\xed\xfe", MACHO),
	SIG_IF(0, "\xca\xfe\xba\xbe", MACHO, is_macho_fat),
	SIG_IF(0, "\xca\xfe\xba\xbe", CLASS, is_java_class),
	SIG(0, "dex\n03", DEX),
	SIG(0, "\0asm\1\0\0\0", WASM),
	SIG(0, "L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", LNK),
	SIG(0, "ITSF\3\0\0\0", CHM),
	SIG_IF(0, "FWS", SWF, is_swf), SIG_IF(0, "CWS", SWF, is_swf), SIG_IF(0, "ZWS", SWF, is_swf),

	SIG(0, "Rar!\x1a\x7\0", RAR), SIG(0, "Rar!\x1a\x7\1\0", RAR),
	SIG(0, "7z\xbc\xaf\x27\x1c", SEVENZIP),
	SIG(0, "\x1f\x8b\x8", GZIP),
	SIG_IF(0, "BZh", BZIP2, is_bzip2),
	SIG(0, "\xfd" "7zXZ\0", XZ),
	SIG(0, "\x28\xb5\x2f\xfd", ZSTD),
	SIG(0, "\x04\x22\x4d\x18", LZ4),
	SIG(0, "LZIP\1", LZIP),
	SIG(0, "\x1f\x9d\x90", COMPRESS),
	SIG(0, "MSCF\0\0\0\0", CAB),
	SIG_IF(0, "\x60\xea", ARJ, is_arj),
	SIG_IF(2, "-lh", LHA, is_lha),
	SIG(7, "**ACE**", ACE),
	SIG(257, "ustar\0", TAR), SIG(257, "ustar  \0", TAR),
	SIG(0, "!<arch>\n", AR),
	SIG(0, "\xed\xab\xee\xdb", RPM),
	SIG(0, "xar!\0", XAR),

	SIG(0, "conectix", VHD), SIG(0, "vhdxfile", VHDX),
	SIG(0, "KDMV", VMDK), SIG(0, "# Disk DescriptorFile", VMDK),
	SIG(0, "QFI\xfb\0\0\0", QCOW),
	SIG(0, "MSWIM\0\0\0", WIM),

	SIG(0, "\x78\x9f\x3e\x22", TNEF),
	SIG(0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", ONENOTE),
	SIG(0, "SQLite format 3\0", SQLITE),
	SIG(4, "Standard Jet DB", ACCESS), SIG(4, "Standard ACE DB", ACCESS),
	SIG(0, "!BDN", PST),
	SIG(0, "AT&TFORM", DJVU),
	SIG(0, "AC1012\0", DWG), SIG(0, "AC1014\0", DWG), SIG(0, "AC1015\0", DWG), SIG(0, "AC1018\0", DWG), SIG(0, "AC1021\0", DWG),
	SIG(0, "AC1024\0", DWG), SIG(0, "AC1027\0", DWG), SIG(0, "AC1032\0", DWG),
	SIG(0, "\xc5\xd0\xd3\xc6", POSTSCRIPT),
	SIG_IF(0, "\x30", PKCS7, is_pkcs7),
	SIG_IF(0, "\x84", PGP_MESSAGE, is_pgp_message), SIG_IF(0, "\x85", PGP_MESSAGE, is_pgp_message),
	SIG_IF(0, "\x98", PGP_KEYS, is_pgp_key), SIG_IF(0, "\x99", PGP_KEYS, is_pgp_key),

	SIG(0, "\x89PNG\r\n\x1a\n", PNG),
	SIG(0, "\xff\xd8\xff", JPEG),
	SIG(0, "GIF87a", GIF), SIG(0, "GIF89a", GIF),
	SIG_IF(0, "BM", BMP, is_bmp),
	SIG(0, "II*\0", TIFF), SIG(0, "MM\0*", TIFF), SIG(0, "II+\0", TIFF), SIG(0, "MM\0+", TIFF),
	SIG_IF(0, "RIFF", WEBP, is_riff_webp), SIG_IF(0, "RIFF", WAV, is_riff_wave), SIG_IF(0, "RIFF", AVI, is_riff_avi),
	SIG_IF(0, "\0\0\1\0", ICO, is_ico),
	SIG(0, "8BPS\0\1", PSD), SIG(0, "8BPS\0\2", PSD),
	SIG(0, "\0\0\0\x0cjP  \r\n\x87\n", JPEG2000),
	SIG(0, "\xd7\xcd\xc6\x9a", WMF),
	SIG_IF(0, "\1\0\0\0", EMF, is_emf),

	SIG(4, "ftypheic", HEIC), SIG(4, "ftypheix", HEIC), SIG(4, "ftypmif1", HEIC), SIG(4, "ftypmsf1", HEIC), SIG(4, "ftyphevc", HEIC),
	SIG(4, "ftypavif", AVIF), SIG(4, "ftypavis", AVIF),
	SIG(4, "ftypM4A ", M4A), SIG(4, "ftypM4B ", M4A), SIG(4, "ftypqt  ", MOV), SIG(4, "ftyp3g", THREEGPP), SIG(4, "ftyp", MP4),
	SIG(4, "moov", MOV),
	SIG(0, "\x1a\x45\xdf\xa3", MKV),
	SIG(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", ASF),
	SIG(0, "FLV\1", FLV),
	SIG(0, "\0\0\1\xba", MPEG), SIG(0, "\0\0\1\xb3", MPEG),
	SIG(0, "ID3\2", MP3), SIG(0, "ID3\3", MP3), SIG(0, "ID3\4", MP3), SIG_IF(0, "\xff", MP3, is_mp3_frame),
	SIG(0, "OggS\0", OGG),
	SIG(0, "fLaC\0\0", FLAC),
	SIG(0, "MThd\0\0\0\6", MIDI),
	SIG(0, "#!AMR", AMR),
	SIG_IF(0, "FORM", AIFF, is_aiff),

	SIG(0, "wOFF\0\1", WOFF), SIG(0, "wOFFOTTO", WOFF), SIG(0, "wOF2", WOFF2), SIG_IF(0, "OTTO", OTF, is_truetype),
	SIG_IF(0, "\0\1\0\0", TTF, is_truetype),
	SIG_IF(0, "\xd4\xc3\xb2\xa1", PCAP, is_pcap), SIG_IF(0, "\xa1\xb2\xc3\xd4", PCAP, is_pcap),
	SIG_IF(0, "\x4d\x3c\xb2\xa1", PCAP, is_pcap), SIG_IF(0, "\xa1\xb2\x3c\x4d", PCAP, is_pcap),
	SIG_IF(0, "\n\r\r\n", PCAPNG, is_pcapng),
};

/* Text */

struct word {
	slice word;			/* any case */
	enum magic type;
};

#define WORD(word, type)  { SLICE(word), MAGIC_##type }

/* What text begins with, behind a byte order mark and blanks. */
static const struct word beginnings[] = {
	WORD("<!doctype html", HTML), WORD("<html", HTML), WORD("<head>", HTML), WORD("<body", HTML), WORD("<title>", HTML),
	WORD("<script", HTML), WORD("<style", HTML), WORD("<table", HTML), WORD("<meta ", HTML), WORD("<!--", HTML), WORD("<div", HTML),
	WORD("<p>", HTML), WORD("<br", HTML), WORD("<font", HTML), WORD("<iframe", HTML), WORD("<a href", HTML), WORD("<h1", HTML),
	WORD("<hta:application", HTML), WORD("<center>", HTML), WORD("<img ", HTML), WORD("<span", HTML), WORD("<base ", HTML),
	WORD("<svg", SVG), WORD("<!doctype svg", SVG), WORD("<?xml", XML),
	WORD("<job>", WSF), WORD("<job id=", WSF), WORD("<scriptlet>", WSF), WORD("<?wsf", WSF),
	WORD("{\\rtf", RTF), WORD("{\\rt", RTF),		/* Word opens the shorter one too, and malware knows */
	WORD("%!PS", POSTSCRIPT),
	WORD("ID;P", SYLK),
	WORD("[InternetShortcut]", SHORTCUT),
	WORD("BEGIN:VCALENDAR", ICS), WORD("BEGIN:VCARD", VCF),
	WORD("-----BEGIN PGP MESSAGE-----", PGP_MESSAGE), WORD("-----BEGIN PGP SIGNATURE-----", PGP_SIGNATURE),
	WORD("-----BEGIN PGP PUBLIC KEY BLOCK-----", PGP_KEYS), WORD("-----BEGIN PGP PRIVATE KEY BLOCK-----", PGP_KEYS),
	WORD("-----BEGIN PKCS7-----", PKCS7), WORD("-----BEGIN CMS-----", PKCS7),
	WORD("-----BEGIN CERTIFICATE", PEM), WORD("-----BEGIN PRIVATE KEY", PEM), WORD("-----BEGIN RSA PRIVATE KEY", PEM),
	WORD("-----BEGIN EC PRIVATE KEY", PEM), WORD("-----BEGIN ENCRYPTED PRIVATE KEY", PEM), WORD("-----BEGIN OPENSSH PRIVATE KEY", PEM),
	WORD("-----BEGIN PUBLIC KEY", PEM),
	WORD("#!/", SHELL), WORD("#! /", SHELL),
	WORD("@echo off", BATCH), WORD("@setlocal", BATCH), WORD("setlocal enable", BATCH), WORD("cmd /c ", BATCH),
	WORD("cmd.exe /c ", BATCH), WORD("@powershell", BATCH),
	WORD("powershell -", POWERSHELL), WORD("powershell.exe -", POWERSHELL), WORD("$ErrorActionPreference", POWERSHELL),
	WORD("[CmdletBinding(", POWERSHELL), WORD("#requires -", POWERSHELL), WORD("Set-ExecutionPolicy ", POWERSHELL),
	WORD("Set-StrictMode ", POWERSHELL), WORD("Invoke-Expression ", POWERSHELL), WORD("IEX (", POWERSHELL), WORD("IEX(", POWERSHELL),
	WORD("WScript.", JAVASCRIPT), WORD("new ActiveXObject(", JAVASCRIPT), WORD("eval(function(p,a,c,k,e", JAVASCRIPT),
	WORD("Option Explicit", VBSCRIPT), WORD("On Error Resume Next", VBSCRIPT), WORD("Set WshShell", VBSCRIPT),
	WORD("Set objShell", VBSCRIPT), WORD("CreateObject(", VBSCRIPT), WORD("Dim WshShell", VBSCRIPT), WORD("#@~^", VBSCRIPT),
	WORD("Windows Registry Editor Version", REGISTRY), WORD("REGEDIT4", REGISTRY),
};

/* Root elements, behind the XML declaration. */
static const struct word roots[] = {
	WORD("<svg", SVG), WORD("<!doctype svg", SVG), WORD("<html", HTML), WORD("<!doctype html", HTML),
	WORD("<job>", WSF), WORD("<job id=", WSF), WORD("<scriptlet>", WSF),
};

static bool
is_white(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static slice
skip_white(slice s)
{
	while (s.n > 0 && is_white(s.p[0]))
		s = slice_drop(s, 1);
	return s;
}

static enum magic
find_word(slice text, const struct word *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_istarts(text, words[i].word))
			return words[i].type;
	return MAGIC_NONE;
}

/* Behind a declaration and comments stands the root element, if it still stands in the head. */
static enum magic
find_root(slice text)
{
	enum magic found;
	size_t end;

	while (slice_starts(text, S("<?")) || slice_starts(text, S("<!--"))) {
		if (!slice_find(text, '>', &end))
			return MAGIC_XML;
		text = skip_white(slice_drop(text, end + 1));
	}
	found = find_word(text, roots, COUNT(roots));
	return found != MAGIC_NONE ? found : MAGIC_XML;
}

/* A header of mail: at least three fields that mail has, in lines that are all fields. */
static bool
is_mail(slice text)
{
	static const slice fields[] = {
		SLICE("Received:"), SLICE("Return-Path:"), SLICE("Message-ID:"), SLICE("MIME-Version:"), SLICE("Date:"), SLICE("From:"),
		SLICE("Delivered-To:"), SLICE("DKIM-Signature:"), SLICE("Content-Type:"), SLICE("Subject:"), SLICE("To:")
	};
	unsigned known = 0;
	bool trace = false;
	slice line;

	while (text.n > 0 && slice_cut(text, '\n', &line, &text)) {
		size_t colon;

		if (slice_chomp(line).n == 0)
			break;
		if (char_is_blank(line.p[0]))
			continue;
		if (!slice_find(line, ':', &colon) || memchr(line.p, ' ', colon) != NULL)
			return false;
		for (size_t i = 0; i < COUNT(fields); i++)
			if (slice_istarts(line, fields[i])) {
				known++;
				trace = trace || i < 4;
			}
	}
	return known >= 3 && trace;
}

/* Eight bytes without a control among them (C0, DEL); a few that have none are not seen as such. */
static bool
are_plain(const uint8_t *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t w, del;

	memcpy(&w, p, sizeof w);
	del = w ^ ones * 0x7f;
	return ((((w - ones * 0x20) & ~w) | ((del - ones) & ~del)) & tops) == 0;
}

/* Controls that no text has; ESC is of charsets, and backspace, bell and their like are not in files that people send. */
static bool
has_controls(slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		while (s.n - i > sizeof(uint64_t) && are_plain(s.p + i))
			i += sizeof(uint64_t);
		if (char_is_control(s.p[i]) && memchr("\t\n\r\f\x1a\x1b", s.p[i], 6) == NULL)
			return true;
	}
	return false;
}

/* A character that is cut at the end of a full head counts. */
static bool
is_utf8(slice s, bool cut)
{
	slice last = s;

	for (int i = 0; cut && i < 3 && last.n > 0 && last.p[last.n - 1] >= 0x80; i++) {
		last.n--;
		if (last.p[last.n] >= 0xc0 && utf8_valid(last))
			return true;
	}
	return utf8_valid(s);
}

static enum magic
find_text(slice text, bool cut)
{
	slice from = skip_white(text);
	enum magic found;

	found = find_word(from, beginnings, COUNT(beginnings));
	if (found == MAGIC_XML)
		return find_root(from);
	if (found != MAGIC_NONE || has_controls(text))
		return found;		/* programs pass over a NUL behind such a word */
	if (is_mail(text))
		return MAGIC_EML;
	return from.n > 0 && is_utf8(text, cut) ? MAGIC_TEXT : MAGIC_NONE;
}

/* UTF-16 with its mark: what is ASCII in it tells what it is. Scripts are sent so. */
static enum magic
find_wide(slice head, unsigned low)
{
	uint8_t narrow[LIMIT_SNIFF / 2];
	size_t n = 0;

	for (size_t i = 2; i + 1 < head.n && n < sizeof narrow; i += 2) {
		uint8_t high = head.p[i + !low], c = head.p[i + low];

		narrow[n++] = high == 0 && c < 0x80 ? c : '?';
	}
	return find_text((slice){ narrow, n }, false);
}

static enum magic
find_signature(slice head)
{
	for (size_t i = 0; i < COUNT(signatures); i++) {
		const struct signature *s = &signatures[i];

		if (s->at < head.n && head.p[s->at] == s->bytes.p[0] && stands_at(head, s->at, s->bytes)
		    && (s->check == NULL || s->check(head)))
			return s->type;
	}
	return MAGIC_NONE;
}

/* Readers take a PDF whose mark stands anywhere in the first kilobyte: so does who hides one. */
static bool
has_pdf_inside(slice head)
{
	static const slice mark = SLICE("%PDF-1.");
	size_t at;

	for (; slice_find(head, '%', &at); head = slice_drop(head, at + 1))
		if (stands_at(head, at, mark) && (at == 0 || is_white(head.p[at - 1])))
			return true;
	return false;
}

enum magic
magic_find(slice head)
{
	bool cut = head.n >= LIMIT_SNIFF;
	enum magic found;

	head = slice_take(head, LIMIT_SNIFF);
	found = find_signature(head);
	if (found != MAGIC_NONE)
		return found;
	if (slice_starts(head, S("\xff\xfe")))
		return find_wide(head, 0);
	if (slice_starts(head, S("\xfe\xff")))
		return find_wide(head, 1);
	found = find_text(slice_starts(head, S("\xef\xbb\xbf")) ? slice_drop(head, 3) : head, cut);
	return found == MAGIC_NONE && has_pdf_inside(head) ? MAGIC_PDF : found;
}

/* ISO 9660 leaves 16 sectors of 2048 bytes to the system; then a descriptor stands with this word (ECMA-119 8.1). */
enum magic
magic_late_feed(struct magic_late *l, uint64_t at, slice s)
{
	static const slice word = SLICE("CD001");
	const uint64_t place = 16 * 2048 + 1;

	while (l->matched < word.n && at + s.n > place + l->matched && at <= place + l->matched) {
		if (s.p[place + l->matched - at] != word.p[l->matched])
			return MAGIC_NONE;
		l->matched++;
	}
	return l->matched == word.n ? MAGIC_ISO : MAGIC_NONE;
}
