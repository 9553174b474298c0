#include "tnef_text.h"

#include <stdio.h>

slice
tnef_charset(uint32_t codepage, char label[TNEF_LABEL])
{
	static const struct { uint32_t codepage; slice label; } known[] = {
		{ 932, SLICE("shift_jis") }, { 936, SLICE("gbk") }, { 949, SLICE("ks_c_5601-1987") }, { 950, SLICE("big5") },
		{ 1200, SLICE("utf-16le") }, { 20127, SLICE("us-ascii") }, { 20866, SLICE("koi8-r") }, { 21866, SLICE("koi8-u") },
		{ 50220, SLICE("iso-2022-jp") }, { 50221, SLICE("iso-2022-jp") }, { 50222, SLICE("iso-2022-jp") },
		{ 51932, SLICE("euc-jp") }, { 51949, SLICE("euc-kr") }, { 54936, SLICE("gb18030") }, { 65001, SLICE("utf-8") },
	};
	enum { ISO_8859 = 28590, ISO_8859_LAST = ISO_8859 + 16, WINDOWS = 1250, WINDOWS_LAST = 1258 };
	int n;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].codepage == codepage)
			return known[i].label;
	if (codepage > ISO_8859 && codepage <= ISO_8859_LAST)
		n = snprintf(label, TNEF_LABEL, "iso-8859-%u", codepage - ISO_8859);
	else
		n = snprintf(label, TNEF_LABEL, codepage >= WINDOWS && codepage <= WINDOWS_LAST ? "windows-%u" : "cp%u", codepage);
	return (slice){ (const uint8_t *)label, (size_t)n };
}
