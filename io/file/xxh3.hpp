// XXH3: the sums of xxhash.h, made by the widest vectors that the processor has.
#pragma once

#include <xxhash.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>  // the functions by their names, as macros
#endif
