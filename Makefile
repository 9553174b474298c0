# smtptap - build, test, install. `make help` lists the targets.

PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= gcc
BUILD   ?= build/plain
OPT     ?= -O2 -g
SANITIZE ?=
WERROR  ?=

VERSION := 0.1.0

# Libraries: the first list must be there, the second is used when it is (header : library : Debian package).
NEED := pcap/pcap.h:pcap:libpcap-dev zlib.h:z:zlib1g-dev openssl/evp.h:crypto:libssl-dev
MAY  := zstd.h:zstd:libzstd-dev lz4frame.h:lz4:liblz4-dev

field   = $(word $(1),$(subst :, ,$(2)))
hash    := \#
present = $(shell echo '$(hash)include <$(call field,1,$(1))>' | $(CC) -E - >/dev/null 2>&1 && echo $(1))
FOUND   := $(foreach l,$(NEED) $(MAY),$(call present,$(l)))
MISSING := $(filter-out $(FOUND),$(NEED))
HAVE    := $(foreach l,$(filter $(FOUND),$(MAY)),-DHAVE_$(shell echo $(call field,2,$(l)) | tr a-z A-Z))

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 $(WERROR)
CPPFLAGS += -Isrc -I. -I$(BUILD) -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DVERSION='"$(VERSION)"' $(HAVE)
CFLAGS  += -std=c11 $(OPT) $(WARN) $(SANITIZE) -fstack-protector-strong -pthread
LDFLAGS += $(SANITIZE) -pthread
LDLIBS  += $(foreach l,$(FOUND),-l$(call field,2,$(l)))

SRC  := $(filter-out src/main.c src/options.c,$(wildcard src/*.c src/*/*.c dissectors/*/*.c))
OBJ  := $(SRC:%.c=$(BUILD)/%.o) $(BUILD)/registry.o
MAIN := $(BUILD)/src/main.o $(BUILD)/src/options.o
LIB  := $(BUILD)/libsmtptap.a

all: smtptap

smtptap: $(BUILD)/smtptap
	@cp $< $@

ifneq ($(MISSING),)
$(foreach l,$(MISSING),$(info smtptap needs $(call field,1,$(l)): install $(call field,3,$(l))))
ifneq ($(filter-out deps test-deps demo test help clean,$(or $(MAKECMDGOALS),all)),)
$(error missing libraries: apt-get install $(foreach l,$(MISSING),$(call field,3,$(l))), or: make deps)
endif
endif

$(BUILD)/smtptap: $(MAIN) $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Rebuilt from nothing, so that the objects of deleted files do not linger.
$(LIB): $(OBJ)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The registry of dissectors: one line a folder that has a dissector.c. Moved into place only if it changed.
DISSECTORS := $(patsubst dissectors/%/dissector.c,%,$(wildcard dissectors/*/dissector.c))
$(BUILD)/registry.c: FORCE
	@mkdir -p $(@D)
	@{ echo '/* Made by the Makefile from the folders of dissectors/. */'; \
	   echo '#include "dissect/dissector.h"'; \
	   for d in $(DISSECTORS); do echo "extern const struct dissector $${d}_dissector;"; done; \
	   echo 'const struct dissector *const dissectors[] = {'; \
	   for d in $(DISSECTORS); do echo "	&$${d}_dissector,"; done; \
	   echo '	NULL'; echo '};'; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(BUILD)/registry.o: $(BUILD)/registry.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
FORCE:

# Unit tests: each tests/unit/NAME.c is a cmocka program of its own.
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
unit: $(UNIT)
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

# Fuzz targets: each tests/fuzz/NAME.c has LLVMFuzzerTestOneInput(); replay.c is the main that feeds it files.
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
replay: $(FUZZ:%=$(BUILD)/fuzz/%)
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(wildcard tests/tools/*.c))
tools: $(TOOLS)
$(BUILD)/tools/%: $(BUILD)/tests/tools/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

asan:
	$(MAKE) BUILD=build/asan OPT='-O1 -g' SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' build/asan/smtptap unit replay tools

clean:
	rm -rf build smtptap

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all unit replay tools asan clean FORCE
.SECONDARY:
