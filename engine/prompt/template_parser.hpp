// The compiled form of a prompt template, and the way there. The language: prompt_template.hpp.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace retort::engine {

enum class segment_kind { literal, variable, section, inverted };

// A template is a flat list of these; what belongs to a section follows it directly. Offsets, not
// views, so that the list may move with the text it points into.
struct template_segment {
  segment_kind kind;
  std::size_t begin;  // in the template's text: the literal, or the name
  std::size_t size;
  std::size_t next;  // index of the first segment after this one and what belongs to it
};

// errc::usage with "line:column: ..." for a template that is not well-formed.
result<std::vector<template_segment>> parse_template(std::string_view text);

}  // namespace retort::engine
