#include "io/arrow/json_builder.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace retort::io {
namespace {

using simdjson::ondemand::json_type;
using simdjson::ondemand::value;

// As it stands there, without the blanks around it.
std::string_view json_of(value of) {
  std::string_view raw;
  simdjson::ondemand::object object;
  simdjson::ondemand::array array;
  if (!of.get(object) && !object.raw_json().get(raw)) return raw;
  if (!of.get(array) && !array.raw_json().get(raw)) return raw;
  raw = of.raw_json_token();
  while (!raw.empty() && std::string_view(" \t\r\n").find(raw.back()) != std::string_view::npos)
    raw.remove_suffix(1);
  return raw;
}

template <class Builder>
class leaf_builder : public json_builder {
 protected:
  explicit leaf_builder(std::shared_ptr<Builder> to) : json_builder(to), to_(to.get()) {}
  Builder& to() { return *to_; }

 private:
  Builder* to_;
};

class text_builder final : public leaf_builder<arrow::StringBuilder> {
 public:
  text_builder()
      : leaf_builder(std::make_shared<arrow::StringBuilder>(arrow::default_memory_pool())) {}
  arrow::Status append(value of) override {
    std::string_view text;
    json_type type;
    if (of.type().get(type) || type == json_type::null) return append_null();
    // One that is a text and holds what UTF-8 cannot say (half a pair) stays JSON, too.
    if (of.get_string().get(text)) text = json_of(of);
    return to().Append(text);
  }
};

class whole_builder final : public leaf_builder<arrow::Int64Builder> {
 public:
  whole_builder()
      : leaf_builder(std::make_shared<arrow::Int64Builder>(arrow::default_memory_pool())) {}
  arrow::Status append(value of) override {
    std::int64_t number = 0;
    return of.get_int64().get(number) ? append_null() : to().Append(number);
  }
};

class real_builder final : public leaf_builder<arrow::DoubleBuilder> {
 public:
  real_builder()
      : leaf_builder(std::make_shared<arrow::DoubleBuilder>(arrow::default_memory_pool())) {}
  arrow::Status append(value of) override {
    double number = 0;
    return of.get_double().get(number) ? append_null() : to().Append(number);
  }
};

class truth_builder final : public leaf_builder<arrow::BooleanBuilder> {
 public:
  truth_builder()
      : leaf_builder(std::make_shared<arrow::BooleanBuilder>(arrow::default_memory_pool())) {}
  arrow::Status append(value of) override {
    bool flag = false;
    return of.get_bool().get(flag) ? append_null() : to().Append(flag);
  }
};

class list_builder final : public leaf_builder<arrow::ListBuilder> {
 public:
  list_builder(const parquet_column& of, std::unique_ptr<json_builder> element)
      : leaf_builder(std::make_shared<arrow::ListBuilder>(arrow::default_memory_pool(),
                                                          element->arrow(), arrow_type(of))),
        element_(std::move(element)) {}
  arrow::Status append(value of) override {
    simdjson::ondemand::array list;
    if (of.get(list)) return append_null();
    ARROW_RETURN_NOT_OK(to().Append());
    for (auto one : list) {
      value inside;
      if (one.get(inside)) return arrow::Status::Invalid("a list is no JSON");
      ARROW_RETURN_NOT_OK(element_->append(inside));
    }
    return arrow::Status::OK();
  }

 private:
  std::unique_ptr<json_builder> element_;
};

class record_builder final : public leaf_builder<arrow::StructBuilder> {
 public:
  record_builder(const parquet_column& of, std::vector<std::unique_ptr<json_builder>> members)
      : leaf_builder(std::make_shared<arrow::StructBuilder>(
            arrow_type(of), arrow::default_memory_pool(), arrow_of(members))),
        columns_(of.inside),
        members_(std::move(members)) {}
  arrow::Status append(value of) override {
    simdjson::ondemand::object object;
    if (of.get(object)) return append_null();
    ARROW_RETURN_NOT_OK(to().Append());
    ARROW_ASSIGN_OR_RAISE(const bool is_whole, append_members(object, columns_, members_));
    return is_whole ? arrow::Status::OK() : arrow::Status::Invalid("an object is no JSON");
  }

 private:
  static std::vector<std::shared_ptr<arrow::ArrayBuilder>> arrow_of(
      const std::vector<std::unique_ptr<json_builder>>& members) {
    std::vector<std::shared_ptr<arrow::ArrayBuilder>> out;
    out.reserve(members.size());
    for (const auto& one : members) out.push_back(one->arrow());
    return out;
  }

  std::vector<parquet_column> columns_;
  std::vector<std::unique_ptr<json_builder>> members_;
};

// Members mostly come in the order of the columns.
std::size_t find(std::string_view name, std::size_t hint, const std::vector<parquet_column>& in) {
  for (std::size_t n = 0; n < in.size(); ++n) {
    const std::size_t at = (hint + n) % in.size();
    if (in[at].name == name) return at;
  }
  return in.size();
}

}  // namespace

arrow::Result<bool> append_members(simdjson::ondemand::object object,
                                   const std::vector<parquet_column>& columns,
                                   const std::vector<std::unique_ptr<json_builder>>& to) {
  std::vector<bool> is_there(columns.size());
  std::size_t next = 0;
  for (auto member : object) {
    std::string_view name;
    value inside;
    if (member.unescaped_key().get(name) || member.value().get(inside)) return false;
    const std::size_t at = find(name, next, columns);
    if (at == columns.size() || is_there[at]) continue;  // of two of a name the first
    is_there[at] = true;
    next = at + 1;
    ARROW_RETURN_NOT_OK(to[at]->append(inside));
  }
  for (std::size_t n = 0; n < columns.size(); ++n) {
    if (!is_there[n]) ARROW_RETURN_NOT_OK(to[n]->append_null());
  }
  return true;
}

std::shared_ptr<arrow::DataType> arrow_type(const parquet_column& of) {
  switch (of.type) {
    case column_type::text: return arrow::utf8();
    case column_type::whole: return arrow::int64();
    case column_type::real: return arrow::float64();
    case column_type::truth: return arrow::boolean();
    case column_type::list: return arrow::list(arrow::field("element", arrow_type(of.inside[0])));
    case column_type::record: break;
  }
  arrow::FieldVector members;
  for (const auto& one : of.inside) members.push_back(arrow::field(one.name, arrow_type(one)));
  return arrow::struct_(members);
}

std::unique_ptr<json_builder> make_json_builder(const parquet_column& of) {
  switch (of.type) {
    case column_type::text: return std::make_unique<text_builder>();
    case column_type::whole: return std::make_unique<whole_builder>();
    case column_type::real: return std::make_unique<real_builder>();
    case column_type::truth: return std::make_unique<truth_builder>();
    case column_type::list:
      return std::make_unique<list_builder>(of, make_json_builder(of.inside[0]));
    case column_type::record: break;
  }
  std::vector<std::unique_ptr<json_builder>> members;
  for (const auto& one : of.inside) members.push_back(make_json_builder(one));
  return std::make_unique<record_builder>(of, std::move(members));
}

}  // namespace retort::io
