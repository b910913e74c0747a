#include "io/arrow/json_column.hpp"

#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "io/base/json_writer.hpp"

namespace retort::io {
namespace {

using arrow::internal::checked_cast;

template <class Number>
void append_number(Number value, std::string& out) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

// Where JSON has no such value it is said as Python does; engine/prompt/record_json.hpp keeps that
// from spoiling the record.
template <class Real>
void append_real(Real value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Infinity" : "Infinity";
  } else {
    char text[64];
    const std::string_view digits(text, std::to_chars(text, text + sizeof text, value).ptr - text);
    out += digits;
    if (digits.find_first_of(".e") == digits.npos) out += ".0";
  }
}

// One whose values are said by a function of the array and the place.
template <class ArrayType, class Say>
class plain_column final : public json_column {
 public:
  plain_column(const arrow::Array& values, Say say)
      : json_column(values), values_(checked_cast<const ArrayType*>(&values)), say_(say) {}
  void append_valid(std::int64_t row, std::string& out) const override { say_(*values_, row, out); }

 private:
  const ArrayType* values_;
  Say say_;
};

template <class ArrayType, class Say>
std::unique_ptr<json_column> say(const arrow::Array& values, Say how) {
  return std::make_unique<plain_column<ArrayType, Say>>(values, how);
}

template <class ArrayType>
std::unique_ptr<json_column> say_whole(const arrow::Array& values) {
  return say<ArrayType>(values, [](const ArrayType& of, std::int64_t row, std::string& out) {
    append_number(of.Value(row), out);
  });
}

template <class ArrayType>
std::unique_ptr<json_column> say_real(const arrow::Array& values) {
  return say<ArrayType>(values, [](const ArrayType& of, std::int64_t row, std::string& out) {
    append_real(of.Value(row), out);
  });
}

template <class ArrayType>
std::unique_ptr<json_column> say_text(const arrow::Array& values) {
  return say<ArrayType>(values, [](const ArrayType& of, std::int64_t row, std::string& out) {
    append_json_string(out, of.GetView(row));
  });
}

// "1.50E-7" as 0.000000150, in its column's scale like all others of it.
std::string written_out(std::string digits) {
  const std::size_t e = digits.find('E');
  if (e == std::string::npos) return digits;
  const int exponent = std::atoi(digits.c_str() + e + 1);
  std::string out = digits.substr(0, e);
  const std::size_t point = out.find('.');
  int places = -exponent;
  if (point != std::string::npos) {
    places += static_cast<int>(out.size() - point - 1);
    out.erase(point, 1);
  }
  if (places <= 0) return out.append(static_cast<std::size_t>(-places), '0');
  const std::size_t sign = out.starts_with('-') ? 1 : 0,
                    wanted = static_cast<std::size_t>(places) + 1;
  const std::size_t there = out.size() - sign;
  if (there < wanted) out.insert(sign, wanted - there, '0');
  out.insert(out.size() - static_cast<std::size_t>(places), 1, '.');
  return out;
}

// One of as many digits as a double holds exactly is a number, else its digits are a text.
constexpr int digits_of_a_double = 15;

template <class ArrayType>
std::unique_ptr<json_column> say_decimal(const arrow::Array& values) {
  const auto& type = checked_cast<const arrow::DecimalType&>(*values.type());
  const bool is_number = type.precision() <= digits_of_a_double;
  return say<ArrayType>(values,
                        [is_number](const ArrayType& of, std::int64_t row, std::string& out) {
                          const std::string digits = written_out(of.FormatValue(row));
                          if (is_number) {
                            out += digits;
                          } else {
                            append_json_string(out, digits);
                          }
                        });
}

std::int64_t units_per_second(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND: return 1;
    case arrow::TimeUnit::MILLI: return 1'000;
    case arrow::TimeUnit::MICRO: return 1'000'000;
    case arrow::TimeUnit::NANO: return 1'000'000'000;
  }
  return 1;
}

// Rounded down, before 1970 too.
std::pair<std::int64_t, std::int64_t> divided(std::int64_t value, std::int64_t by) {
  std::int64_t whole = value / by, rest = value % by;
  if (rest < 0) {
    rest += by;
    --whole;
  }
  return {whole, rest};
}

void append_date(std::int64_t days, std::string& out) {
  // A year beyond what std::chrono knows.
  if (std::abs(days) > 11'000'000) {
    fmt::format_to(std::back_inserter(out), "{} days since 1970", days);
    return;
  }
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

void append_time(std::int64_t units, std::int64_t in_second, std::string& out) {
  const auto [seconds, part] = divided(units, in_second);
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
  if (part == 0) return;
  std::string digits = fmt::format("{}", in_second + part);
  digits[0] = '.';
  while (digits.back() == '0') digits.pop_back();
  out += digits;
}

template <class ArrayType>
std::unique_ptr<json_column> say_date(const arrow::Array& values, std::int64_t in_day) {
  return say<ArrayType>(values, [in_day](const ArrayType& of, std::int64_t row, std::string& out) {
    out += '"';
    append_date(divided(of.Value(row), in_day).first, out);
    out += '"';
  });
}

template <class ArrayType>
std::unique_ptr<json_column> say_time(const arrow::Array& values) {
  const auto unit = checked_cast<const arrow::TimeType&>(*values.type()).unit();
  return say<ArrayType>(values, [in_second = units_per_second(unit)](
                                    const ArrayType& of, std::int64_t row, std::string& out) {
    out += '"';
    append_time(of.Value(row), in_second, out);
    out += '"';
  });
}

std::unique_ptr<json_column> say_timestamp(const arrow::Array& values) {
  const auto& type = checked_cast<const arrow::TimestampType&>(*values.type());
  const std::int64_t in_second = units_per_second(type.unit());
  const std::string_view zone = type.timezone().empty() ? "\"" : "Z\"";
  return say<arrow::TimestampArray>(values, [in_second, zone](const arrow::TimestampArray& of,
                                                              std::int64_t row, std::string& out) {
    const auto [days, rest] = divided(of.Value(row), 86'400 * in_second);
    out += '"';
    append_date(days, out);
    out += 'T';
    append_time(rest, in_second, out);
    out += zone;
  });
}

class dictionary_column final : public json_column {
 public:
  dictionary_column(const arrow::DictionaryArray& values, std::unique_ptr<json_column> entries)
      : json_column(values), values_(&values), entries_(std::move(entries)) {}
  void append_valid(std::int64_t row, std::string& out) const override {
    entries_->append(values_->GetValueIndex(row), out);
  }

 private:
  const arrow::DictionaryArray* values_;
  std::unique_ptr<json_column> entries_;
};

template <class ArrayType>
class list_column final : public json_column {
 public:
  list_column(const ArrayType& values, std::unique_ptr<json_column> elements)
      : json_column(values), values_(&values), elements_(std::move(elements)) {}
  void append_valid(std::int64_t row, std::string& out) const override {
    const std::int64_t begin = values_->value_offset(row);
    const std::int64_t size = values_->value_length(row);
    out += '[';
    for (std::int64_t n = 0; n < size; ++n) {
      if (n > 0) out += ',';
      elements_->append(begin + n, out);
    }
    out += ']';
  }

 private:
  const ArrayType* values_;
  std::unique_ptr<json_column> elements_;
};

class struct_column final : public json_column {
 public:
  struct_column(const arrow::StructArray& values, std::vector<std::string> keys,
                std::vector<std::shared_ptr<arrow::Array>> fields,
                std::vector<std::unique_ptr<json_column>> members)
      : json_column(values),
        keys_(std::move(keys)),
        fields_(std::move(fields)),
        members_(std::move(members)) {}
  void append_valid(std::int64_t row, std::string& out) const override {
    out += '{';
    for (std::size_t n = 0; n < members_.size(); ++n) {
      if (n > 0) out += ',';
      out += keys_[n];
      members_[n]->append(row, out);
    }
    out += '}';
  }

 private:
  std::vector<std::string> keys_;  // "\"name\":"
  std::vector<std::shared_ptr<arrow::Array>> fields_;
  std::vector<std::unique_ptr<json_column>> members_;
};

// An object where its keys are texts, else a list of {key, value}.
class map_column final : public json_column {
 public:
  map_column(const arrow::MapArray& values, std::unique_ptr<json_column> keys,
             std::unique_ptr<json_column> items)
      : json_column(values),
        values_(&values),
        is_object_(arrow::is_base_binary_like(values.keys()->type_id())),
        keys_(std::move(keys)),
        items_(std::move(items)) {}
  void append_valid(std::int64_t row, std::string& out) const override {
    const std::int64_t begin = values_->value_offset(row);
    const std::int64_t size = values_->value_length(row);
    out += is_object_ ? '{' : '[';
    for (std::int64_t n = begin; n < begin + size; ++n) {
      if (n > begin) out += ',';
      append_entry(n, out);
    }
    out += is_object_ ? '}' : ']';
  }

 private:
  void append_entry(std::int64_t n, std::string& out) const {
    if (!is_object_) out += "{\"key\":";
    keys_->append(n, out);
    out += is_object_ ? ":" : ",\"value\":";
    items_->append(n, out);
    if (!is_object_) out += '}';
  }

  const arrow::MapArray* values_;
  bool is_object_;
  std::unique_ptr<json_column> keys_, items_;
};

class null_column final : public json_column {
 public:
  explicit null_column(const arrow::Array& values) : json_column(values) {}
  void append_valid(std::int64_t, std::string& out) const override { out += "null"; }
};

// 8-4-4-4-12 hex digits, RFC 9562.
std::unique_ptr<json_column> say_uuid(const arrow::Array& values) {
  using bytes = arrow::FixedSizeBinaryArray;
  return say<bytes>(values, [](const bytes& of, std::int64_t row, std::string& out) {
    out += '"';
    for (int n = 0; n < 16; ++n) {
      if (n == 4 || n == 6 || n == 8 || n == 10) out += '-';
      fmt::format_to(std::back_inserter(out), "{:02x}", of.GetValue(row)[n]);
    }
    out += '"';
  });
}

std::unique_ptr<json_column> say_extension(const arrow::Array& values) {
  const auto& whole = checked_cast<const arrow::ExtensionArray&>(values);
  const auto& type = checked_cast<const arrow::ExtensionType&>(*values.type());
  // The array holds its storage, which lives as long.
  if (type.extension_name() == "arrow.uuid") return say_uuid(*whole.storage());
  return make_json_column(*whole.storage());
}

template <class ArrayType>
std::unique_ptr<json_column> say_list(const arrow::Array& values) {
  const auto& lists = checked_cast<const ArrayType&>(values);
  auto elements = make_json_column(*lists.values());
  if (!elements) return nullptr;
  return std::make_unique<list_column<ArrayType>>(lists, std::move(elements));
}

std::unique_ptr<json_column> say_map(const arrow::Array& values) {
  const auto& maps = checked_cast<const arrow::MapArray&>(values);
  auto keys = make_json_column(*maps.keys());
  auto items = make_json_column(*maps.items());
  if (!keys || !items) return nullptr;
  return std::make_unique<map_column>(maps, std::move(keys), std::move(items));
}

std::unique_ptr<json_column> say_struct(const arrow::Array& values) {
  const auto& whole = checked_cast<const arrow::StructArray&>(values);
  std::vector<std::string> keys;
  std::vector<std::shared_ptr<arrow::Array>> fields;
  std::vector<std::unique_ptr<json_column>> members;
  for (int n = 0; n < whole.num_fields(); ++n) {
    fields.push_back(whole.field(n));
    members.push_back(make_json_column(*fields.back()));
    if (!members.back()) return nullptr;
    append_json_string(keys.emplace_back(), whole.struct_type()->field(n)->name());
    keys.back() += ':';
  }
  return std::make_unique<struct_column>(whole, std::move(keys), std::move(fields),
                                         std::move(members));
}

std::unique_ptr<json_column> say_dictionary(const arrow::Array& values) {
  const auto& whole = checked_cast<const arrow::DictionaryArray&>(values);
  auto entries = make_json_column(*whole.dictionary());
  if (!entries) return nullptr;
  return std::make_unique<dictionary_column>(whole, std::move(entries));
}

std::unique_ptr<json_column> say_half(const arrow::Array& values) {
  using halves = arrow::HalfFloatArray;
  return say<halves>(values, [](const halves& of, std::int64_t row, std::string& out) {
    append_real(arrow::util::Float16::FromBits(of.Value(row)).ToFloat(), out);
  });
}

std::unique_ptr<json_column> say_truth(const arrow::Array& values) {
  using flags = arrow::BooleanArray;
  return say<flags>(values, [](const flags& of, std::int64_t row, std::string& out) {
    out += of.Value(row) ? "true" : "false";
  });
}

}  // namespace

std::unique_ptr<json_column> make_json_column(const arrow::Array& values) {
  switch (values.type_id()) {
    case arrow::Type::NA: return std::make_unique<null_column>(values);
    case arrow::Type::BOOL: return say_truth(values);
    case arrow::Type::INT8: return say_whole<arrow::Int8Array>(values);
    case arrow::Type::UINT8: return say_whole<arrow::UInt8Array>(values);
    case arrow::Type::INT16: return say_whole<arrow::Int16Array>(values);
    case arrow::Type::UINT16: return say_whole<arrow::UInt16Array>(values);
    case arrow::Type::INT32: return say_whole<arrow::Int32Array>(values);
    case arrow::Type::UINT32: return say_whole<arrow::UInt32Array>(values);
    case arrow::Type::INT64: return say_whole<arrow::Int64Array>(values);
    case arrow::Type::UINT64: return say_whole<arrow::UInt64Array>(values);
    case arrow::Type::DURATION: return say_whole<arrow::DurationArray>(values);
    case arrow::Type::HALF_FLOAT: return say_half(values);
    case arrow::Type::FLOAT: return say_real<arrow::FloatArray>(values);
    case arrow::Type::DOUBLE: return say_real<arrow::DoubleArray>(values);
    case arrow::Type::STRING: return say_text<arrow::StringArray>(values);
    case arrow::Type::LARGE_STRING: return say_text<arrow::LargeStringArray>(values);
    case arrow::Type::STRING_VIEW: return say_text<arrow::StringViewArray>(values);
    case arrow::Type::DECIMAL32: return say_decimal<arrow::Decimal32Array>(values);
    case arrow::Type::DECIMAL64: return say_decimal<arrow::Decimal64Array>(values);
    case arrow::Type::DECIMAL128: return say_decimal<arrow::Decimal128Array>(values);
    case arrow::Type::DECIMAL256: return say_decimal<arrow::Decimal256Array>(values);
    case arrow::Type::DATE32: return say_date<arrow::Date32Array>(values, 1);
    case arrow::Type::DATE64: return say_date<arrow::Date64Array>(values, 86'400'000);
    case arrow::Type::TIME32: return say_time<arrow::Time32Array>(values);
    case arrow::Type::TIME64: return say_time<arrow::Time64Array>(values);
    case arrow::Type::TIMESTAMP: return say_timestamp(values);
    case arrow::Type::LIST: return say_list<arrow::ListArray>(values);
    case arrow::Type::LARGE_LIST: return say_list<arrow::LargeListArray>(values);
    case arrow::Type::FIXED_SIZE_LIST: return say_list<arrow::FixedSizeListArray>(values);
    case arrow::Type::LIST_VIEW: return say_list<arrow::ListViewArray>(values);
    case arrow::Type::LARGE_LIST_VIEW: return say_list<arrow::LargeListViewArray>(values);
    case arrow::Type::MAP: return say_map(values);
    case arrow::Type::STRUCT: return say_struct(values);
    case arrow::Type::DICTIONARY: return say_dictionary(values);
    case arrow::Type::EXTENSION: return say_extension(values);
    default: return nullptr;
  }
}

bool is_said_in_json(const arrow::DataType& type) {
  const auto none = arrow::MakeEmptyArray(type.GetSharedPtr());
  return none.ok() && make_json_column(**none);
}

}  // namespace retort::io
