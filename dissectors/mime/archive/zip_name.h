/*
 * zip_name.h - a ZIP member's name, in UTF-8 (APPNOTE 4.6.9, appendix D).
 *
 * The field of the Unicode path counts if its checksum says that it belongs to
 * this name. Else UTF-8 is what is valid UTF-8, whatever the flag says: many
 * programs do not set it. The rest is code page 437, as the format has it.
 */
#ifndef MIME_ZIP_NAME_H
#define MIME_ZIP_NAME_H

#include "base/buf.h"

void zip_name(slice raw, slice extra, struct buf *out);
/* The data of the extra field's block with this tag; empty: there is none. */
slice zip_extra(slice extra, uint16_t tag);

#endif
