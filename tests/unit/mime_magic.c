/* magic.c - what kind of file is this: by first bytes, declared type, extension. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "dissectors/mime/content/magic.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define IS(head, type)  { SLICE(head), MAGIC_##type, __LINE__ }

static const struct { slice head; enum magic type; int line; } heads[] = {
	IS("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", PDF),
	IS("\n\n%PDF-1.4\n\1\2", PDF),
	IS("junk\x01\n%PDF-1.4\n", PDF),
	IS("PK\3\4\x14\0\0\0\x08\0", ZIP),
	IS("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", ZIP),
	IS("PK\3\4\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x27\0\0\0\x27\0\0\0\x8\0\0\0mimetypeapplication/vnd.oasis.opendocument.text", ODT),
	IS("PK\3\4\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x14\0\0\0\x14\0\0\0\x8\0\0\0mimetypeapplication/epub+zip", EPUB),
	IS("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", OLE2),
	IS("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0@\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0PE\0\0L\1", PE),
	IS("MZ is a prefix of some names, and this is a sentence that is long enough to have four bytes there", TEXT),
	IS("\x7f" "ELF\2\1\1\0", ELF),
	IS("\xcf\xfa\xed\xfe\x07\0\0\1", MACHO),
	IS("\xca\xfe\xba\xbe\0\0\0\2\1\0\0\7", MACHO),
	IS("\xca\xfe\xba\xbe\0\0\0\x34\0\x1d", CLASS),
	IS("dex\n035\0", DEX),
	IS("\0asm\1\0\0\0", WASM),
	IS("L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\x9b\0\x08\0", LNK),
	IS("ITSF\3\0\0\0\x60\0\0\0", CHM),
	IS("FWS\x09\0\1\2\3\4\5", SWF),
	IS("FWS Ltd sends its regards", TEXT),
	IS("Rar!\x1a\x07\0\xcf\x90\x73", RAR),
	IS("Rar!\x1a\x07\1\0\x33\x92", RAR),
	IS("7z\xbc\xaf\x27\x1c\0\4", SEVENZIP),
	IS("\x1f\x8b\x08\0\0\0\0\0\0\3", GZIP),
	IS("BZh91AY&SY\1\2", BZIP2),
	IS("BZhang wrote this", TEXT),
	IS("\xfd" "7zXZ\0\0\4", XZ),
	IS("\x28\xb5\x2f\xfd\x20\x0d", ZSTD),
	IS("\x04\x22\x4d\x18\x64\x40", LZ4),
	IS("LZIP\1\x0c", LZIP),
	IS("\x1f\x9d\x90\1", COMPRESS),
	IS("MSCF\0\0\0\0\x2c\1\0\0", CAB),
	IS("\x60\xea\x2b\0\x22\x0b\1\2\0\0\2\0", ARJ),
	IS("\x22\x1a-lh5-\0\0\0\0\0\0\0\0\0\0\0\0\x20\1\1\0", LHA),
	IS("\1\2\3\4\5\6\7**ACE**\x14", ACE),
	IS("!<arch>\ndebian-binary", AR),
	IS("\xed\xab\xee\xdb\3\0", RPM),
	IS("xar!\0\x1c\0\1", XAR),
	IS("conectix\0\0\0\2", VHD),
	IS("vhdxfileM\0i\0", VHDX),
	IS("KDMV\1\0\0\0", VMDK),
	IS("QFI\xfb\0\0\0\2", QCOW),
	IS("MSWIM\0\0\0\xd0", WIM),
	IS("\x78\x9f\x3e\x22\1\0\1\6\x90", TNEF),
	IS("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3\0", ONENOTE),
	IS("SQLite format 3\0\x10\0", SQLITE),
	IS("\0\1\0\0Standard ACE DB\0", ACCESS),
	IS("!BDN\1\2\3\4", PST),
	IS("AC1027\0\0\0\0", DWG),
	IS("AC1015 is the invoice's number", TEXT),
	IS("AT&TFORM\0\0\1\2DJVM", DJVU),
	IS("\x30\x82\x1a\x2b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0", PKCS7),
	IS("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0", PKCS7),
	IS("\x30\x82\x1a\x2b\x02\x01\x00", NONE),
	IS("\x85\x01\x0c\3\1\2\3\4\5\6\7\x08\1\x07\xff", PGP_MESSAGE),
	IS("\x99\x01\x0d\4\1\2\3\4\1\x08\0", PGP_KEYS),
	IS("\x99\x01\x0d\4\1\2\3\4\x63\x08\0", NONE),
	IS("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", PNG),
	IS("\xff\xd8\xff\xe0\0\x10JFIF\0", JPEG),
	IS("GIF89a\1\0\1\0", GIF),
	IS("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\2\0\0\0", BMP),
	IS("BMW and its models, a list of all of them", TEXT),
	IS("II*\0\x08\0\0\0", TIFF),
	IS("MM\0*\0\0\0\x08", TIFF),
	IS("RIFF\x24\0\0\0WEBPVP8 ", WEBP),
	IS("RIFF\x24\0\0\0WAVEfmt ", WAV),
	IS("RIFF\x24\0\0\0AVI LIST", AVI),
	IS("RIFF\x24\0\0\0CDXA", NONE),
	IS("\0\0\1\0\1\0\x20\x20\0\0\1\0\x20\0\xa8\x10\0\0\x16\0\0\0", ICO),
	IS("8BPS\0\1\0\0\0\0\0\0\0\3", PSD),
	IS("\0\0\0\x0cjP  \r\n\x87\n\0", JPEG2000),
	IS("\xd7\xcd\xc6\x9a\0\0", WMF),
	IS("\1\0\0\0\x6c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0 EMF\0\0\1\0", EMF),
	IS("\0\0\0\x18" "ftypheic\0\0\0\0", HEIC),
	IS("\0\0\0\x18" "ftypavif\0\0\0\0", AVIF),
	IS("\0\0\0\x20" "ftypM4A \0\0\0\0", M4A),
	IS("\0\0\0\x14" "ftypqt  \0\0\0\0", MOV),
	IS("\0\0\0\x18" "ftyp3gp4\0\0\0\0", THREEGPP),
	IS("\0\0\0\x18" "ftypisom\0\0\2\0", MP4),
	IS("\x1a\x45\xdf\xa3\1\0\0\0", MKV),
	IS("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", ASF),
	IS("FLV\1\5\0\0\0\x09", FLV),
	IS("\0\0\1\xba\x44\0", MPEG),
	IS("ID3\3\0\0\0\0\0\0", MP3),
	IS("\xff\xfb\x90\0 and then something else", NONE),
	IS("OggS\0\2\0\0", OGG),
	IS("fLaC\0\0\0\x22", FLAC),
	IS("MThd\0\0\0\6\0\1", MIDI),
	IS("#!AMR\n\x3c", AMR),
	IS("FORM\0\0\1\2AIFFCOMM", AIFF),
	IS("wOFF\0\1\0\0", WOFF),
	IS("wOF2\0\1\0\0", WOFF2),
	IS("OTTO\0\x0b\0\x80\0\3\0\x30" "CFF \1\2", OTF),
	IS("\0\1\0\0\0\x0f\0\x80\0\3\0\x70" "DSIG\1\2", TTF),
	IS("\xd4\xc3\xb2\xa1\2\0\4\0\0\0", PCAP),
	IS("\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0", PCAPNG),

	IS("{\\rtf1\\ansi hello}", RTF),
	IS("{\\rtf1\\ansi hello}\r\n\0", RTF),
	IS("<html>\0<script>", HTML),
	IS("#!\1\2\3", NONE),
	IS("%!PS-Adobe-3.0\n", POSTSCRIPT),
	IS("ID;PWXL;N;E\r\n", SYLK),
	IS("[InternetShortcut]\r\nURL=file://192.0.2.1/x\r\n", SHORTCUT),
	IS("  \r\n<!DOCTYPE HTML PUBLIC", HTML),
	IS("\xef\xbb\xbf<html><body>", HTML),
	IS("\xff\xfe<\0h\0t\0m\0l\0>\0", HTML),
	IS("\xfe\xff\0@\0e\0c\0h\0o\0 \0o\0f\0f\0\r\0\n", BATCH),
	IS("\xff\xfeH\0i\0", TEXT),
	IS("<html>caf\xe9</html>", HTML),
	IS("<?xml version=\"1.0\"?>\n<feedback>", XML),
	IS("<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<svg xmlns=\"http://www.w3.org/2000/svg\">", SVG),
	IS("<svg onload=\"x()\">", SVG),
	IS("<?xml version=\"1.0\"?><!DOCTYPE html><html>", HTML),
	IS("<job><script language=\"VBScript\">", WSF),
	IS("#!/bin/sh\necho hello\n", SHELL),
	IS("@ECHO OFF\r\nrem\r\n", BATCH),
	IS("powershell -nop -w hidden -enc SQBFAFgA", POWERSHELL),
	IS("PowerShell is not working on my machine", TEXT),
	IS("WScript.Echo(\"hello\");", JAVASCRIPT),
	IS("On Error Resume Next\r\nSet x = CreateObject(\"a\")", VBSCRIPT),
	IS("Windows Registry Editor Version 5.00\r\n", REGISTRY),
	IS("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", ICS),
	IS("BEGIN:VCARD\r\nVERSION:3.0\r\n", VCF),
	IS("-----BEGIN PGP MESSAGE-----\n\nhQEM", PGP_MESSAGE),
	IS("-----BEGIN PGP SIGNATURE-----\n", PGP_SIGNATURE),
	IS("-----BEGIN PGP PUBLIC KEY BLOCK-----\n", PGP_KEYS),
	IS("-----BEGIN PKCS7-----\nMIIB", PKCS7),
	IS("-----BEGIN CERTIFICATE-----\nMIIB", PEM),
	IS("Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\nFrom: <a@b>\r\nSubject: x\r\n\r\nhi", EML),
	IS("From: Bob\nSent: Monday\nTo: Alice\nSubject: Re: lunch\n\nYes.\n", TEXT),
	IS("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", TEXT),
	IS("Gr\xc3\xbc\xc3\x9f" "e\n", TEXT),
	IS("Gr\xfc\xdf" "e\n", NONE),
	IS("\x1b$B%F%9%H\x1b(B", TEXT),
	IS("a\0b", NONE),
	IS("   \r\n", NONE),
	IS("", NONE),
};

static void
test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		uint8_t *copy = malloc(heads[i].head.n ? heads[i].head.n : 1);	/* where a sanitizer sees the first byte too many */
		enum magic found;

		memcpy(copy, heads[i].head.p, heads[i].head.n);
		found = magic_find((slice){ copy, heads[i].head.n });
		if (found != heads[i].type)
			fail_msg("line %d: %s", heads[i].line, found ? magic_type(found)->media : "none");
		for (size_t n = 0; n < heads[i].head.n; n++)
			magic_find((slice){ copy + heads[i].head.n - n, n });
		free(copy);
	}
}

/* Nothing behind LIMIT_SNIFF bytes matters, and a character that is cut there does no harm. */
static void
test_long(void **state)
{
	uint8_t head[LIMIT_SNIFF + 600];

	(void)state;
	memset(head, 'a', sizeof head);
	assert_int_equal(magic_find((slice){ head, sizeof head }), MAGIC_TEXT);
	head[LIMIT_SNIFF + 1] = 0;
	assert_int_equal(magic_find((slice){ head, sizeof head }), MAGIC_TEXT);
	memcpy(head + LIMIT_SNIFF - 1, "\xc3\xa4", 2);
	assert_int_equal(magic_find((slice){ head, sizeof head }), MAGIC_TEXT);
	memcpy(head + LIMIT_SNIFF - 3, "\xf0\x9f\x98\x80", 4);
	assert_int_equal(magic_find((slice){ head, sizeof head }), MAGIC_TEXT);
	memcpy(head + LIMIT_SNIFF - 3, "\xf0\x9fz", 3);
	assert_int_equal(magic_find((slice){ head, sizeof head }), MAGIC_NONE);
	memset(head, 0, sizeof head);
	memcpy(head + 257, "ustar", 5);
	assert_int_equal(magic_find((slice){ head, sizeof head }), MAGIC_TAR);
	memcpy(head, "\xff\xfb\x90\0", 4);		/* 128 kbit/s, 44.1 kHz: 417 bytes */
	memcpy(head + 417, "\xff\xfb\x90\0", 4);
	head[257] = 0;
	assert_int_equal(magic_find((slice){ head, sizeof head }), MAGIC_MP3);
}

/* ISO 9660 says so at 32769, in whatever pieces it comes. */
static void
test_late(void **state)
{
	static uint8_t disk[40000];

	(void)state;
	memcpy(disk + 32768, "\1CD001\1", 7);
	for (size_t piece = 1; piece < 20; piece++) {
		struct magic_late late = { 0 };
		enum magic found = MAGIC_NONE;
		size_t at = 32760;

		for (; at < sizeof disk && found == MAGIC_NONE; at += piece)
			found = magic_late_feed(&late, at, slice_take((slice){ disk + at, sizeof disk - at }, piece));
		assert_int_equal(found, MAGIC_ISO);
	}
	for (size_t wrong = 32769; wrong < 32774; wrong++) {
		struct magic_late late = { 0 };

		disk[wrong] ^= 1;
		assert_int_equal(magic_late_feed(&late, 0, (slice){ disk, sizeof disk }), MAGIC_NONE);
		disk[wrong] ^= 1;
	}
}

static void
test_names(void **state)
{
	(void)state;
	assert_int_equal(magic_declared(S("application/pdf")), MAGIC_PDF);
	assert_int_equal(magic_declared(S("application/x-zip-compressed")), MAGIC_ZIP);
	assert_int_equal(magic_declared(S("image/jpg")), MAGIC_JPEG);
	assert_int_equal(magic_declared(S("Application/PDF")), MAGIC_PDF);
	assert_int_equal(magic_declared(S("application/octet-stream")), MAGIC_NONE);
	assert_int_equal(magic_declared(S("")), MAGIC_NONE);
	assert_int_equal(magic_extension(S("PDF")), MAGIC_PDF);
	assert_int_equal(magic_extension(S("docm")), MAGIC_DOCM);
	assert_int_equal(magic_extension(S("doc")), MAGIC_DOC);
	assert_int_equal(magic_extension(S("do")), MAGIC_NONE);
	assert_int_equal(magic_extension(S("")), MAGIC_NONE);
	assert_int_equal(magic_extension(S("htm html")), MAGIC_NONE);
	assert_true(magic_is(MAGIC_DOCX, MAGIC_ZIP));
	assert_true(magic_is(MAGIC_SVG, MAGIC_TEXT));
	assert_false(magic_is(MAGIC_ZIP, MAGIC_DOCX));
	assert_false(magic_is(MAGIC_NONE, MAGIC_NONE));
}

/* Each type is found by its own name, and no extension or alias means two. */
static void
test_table(void **state)
{
	(void)state;
	for (enum magic m = MAGIC_NONE + 1; m < MAGICS; m++) {
		const struct magic_type *t = magic_type(m);
		slice rest = slice_of(t->extensions), word;

		assert_int_equal(magic_declared(slice_of(t->media)), m);
		for (; rest.n > 0; assert_int_equal(magic_extension(word), m))
			slice_cut(rest, ' ', &word, &rest);
		for (rest = slice_of(t->aliases); rest.n > 0; assert_int_equal(magic_declared(word), m))
			slice_cut(rest, ' ', &word, &rest);
		assert_int_not_equal(t->parent, m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
