#include "tests/text/json_cases.hpp"

namespace creditd::test {
namespace {

using namespace std::string_view_literals;

constexpr JsonCase accepted[] = {
    // clang-format off
    {"y_array_empty", "[]"sv},
    {"y_object_empty", "{}"sv},
    {"y_array_with_spaces", "[[]   ]"sv},
    {"y_array_in_array", "[[\"x\"]]"sv},
    {"y_array_of_everything", "[null, 1, \"1\", {}, [], true, false]"sv},
    {"y_array_newlines", "[1\n,\n2]"sv},
    {"y_array_trailing_space", "[2] "sv},
    {"y_array_leading_space", " [1]"sv},
    {"y_array_tabs_returns", "[\0111,\015\n2]"sv},
    {"y_array_several_null", "[1,null,null,null,2]"sv},
    {"y_number_zero", "[0]"sv},
    {"y_number_minus_zero", "[-0]"sv},
    {"y_number_negative", "[-123]"sv},
    {"y_number_fraction", "[123.456789]"sv},
    {"y_number_exponent", "[1E22]"sv},
    {"y_number_exponent_lower", "[1e22]"sv},
    {"y_number_exponent_minus", "[1E-2]"sv},
    {"y_number_exponent_plus", "[1E+2]"sv},
    {"y_number_zero_exponent", "[0e1]"sv},
    {"y_number_zero_exponent_plus", "[0e+1]"sv},
    {"y_number_real_exponent", "[123.456e78]"sv},
    {"y_number_minus_zero_fraction", "[-0.0]"sv},
    {"y_number_one_fraction", "[1.0]"sv},
    {"y_number_int64_max", "[9223372036854775807]"sv},
    {"y_number_uint64_over", "[18446744073709551616]"sv},
    {"y_number_2_53_plus_1", "[9007199254740993]"sv},
    {"y_number_leading_zero_exponent", "[1e007]"sv},
    {"y_number_tiny",
     "[-0.000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000001]"sv},
    {"y_number_then_space", "[4 ]"sv},
    {"y_number_after_space", "[ 4]"sv},
    {"y_number_then_newline", "[4\n]"sv},
    {"y_root_number", "42"sv},
    {"y_root_negative", "-0.1"sv},
    {"y_root_true", "true"sv},
    {"y_root_false", "false"sv},
    {"y_root_null", "null"sv},
    {"y_root_string", "\"asd\""sv},
    {"y_root_string_empty", "\"\""sv},
    {"y_root_spaces", " \011\015\n \"a\" \n"sv},
    {"y_root_null_spaces", " null "sv},
    {"y_object_simple", "{\"a\":[]}"sv},
    {"y_object_two_keys", "{\"a\":1,\"b\":2}"sv},
    {"y_object_empty_key", "{\"\":0}"sv},
    {"y_object_spaces", " { \"a\" : 1 , \"b\" : 2 } "sv},
    {"y_object_newlines", "{\n\"a\": \"b\"\n}"sv},
    {"y_object_escaped_key", "{\"\\u0061b\":1}"sv},
    {"y_object_escaped_key_differs", "{\"\\u0061\":1,\"b\":2}"sv},
    {"y_object_long_keys",
     "{\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\":1,\"xxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxy\":2}"sv},
    {"y_object_same_key_in_sisters", "[{\"a\":1},{\"a\":2}]"sv},
    {"y_object_same_key_nested", "{\"a\":{\"a\":{\"a\":1}}}"sv},
    {"y_object_case_differs", "{\"a\":1,\"A\":2}"sv},
    {"y_object_key_with_quote", "{\"a\\\"b\":1}"sv},
    {"y_object_utf8_key",
     "{\"\320\272\320\273\321\216\321\207\":\"\320\267\320\275\320"
     "\260\321\207\320\265\320\275\320\270\320\265\"}"sv},
    {"y_string_all_escapes", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"sv},
    {"y_string_u_escape", "[\"\\u0060\\u012a\\u12AB\"]"sv},
    {"y_string_u_mixed_case", "[\"\\uaBcD\"]"sv},
    {"y_string_surrogate_pair", "[\"\\uD801\\udc37\"]"sv},
    {"y_string_two_pairs", "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"sv},
    {"y_string_last_pair", "[\"\\uDBFF\\uDFFF\"]"sv},
    {"y_string_escaped_control", "[\"\\u0012\"]"sv},
    {"y_string_noncharacter", "[\"\\uFFFF\"]"sv},
    {"y_string_noncharacter_pair", "[\"\\uD83F\\uDFFE\"]"sv},
    {"y_string_double_backslash", "[\"\\\\\"]"sv},
    {"y_string_backslashes_and_quote", "[\"\\\\\\\\\\\"\"]"sv},
    {"y_string_backslash_u_text", "[\"\\\\u0000\"]"sv},
    {"y_string_comment_text", "[\"a/*b*/c/*d//e\"]"sv},
    {"y_string_with_structure", "[\"{[,:]}\"]"sv},
    {"y_string_with_del", "[\"a\177a\"]"sv},
    {"y_string_two_bytes", "[\"\303\251\"]"sv},
    {"y_string_three_bytes", "[\"\342\202\254\"]"sv},
    {"y_string_four_bytes", "[\"\360\235\204\236\"]"sv},
    {"y_string_max_code_point", "[\"\364\217\277\277\"]"sv},
    {"y_string_private", "[\"\356\200\200\"]"sv},
    {"y_string_u2028", "[\"\342\200\250\342\200\251\"]"sv},
    {"y_string_space", "[\" \"]"sv},
    {"y_string_noncharacter_raw", "[\"\357\277\277\"]"sv},
    {"y_string_bom_inside", "[\"\357\273\277x\"]"sv},
    {"y_string_31_bytes", "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]"sv},
    {"y_string_32_bytes", "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]"sv},
    {"y_string_63_bytes",
     "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaa\"]"sv},
    {"y_string_64_bytes",
     "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaa\"]"sv},
    {"y_string_escape_at_64",
     "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaa\\n\\\"b\"]"sv},
    {"y_depth_16", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"sv},
    {"y_depth_16_objects",
     "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\""
     ":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}}}}"sv},
    {"y_wide_17_keys",
     "{\"k0\":0,\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,\""
     "k7\":7,\"k8\":8,\"k9\":9,\"k10\":10,\"k11\":11,\"k12\":12,\"k13\":13,\"k14\":1"
     "4,\"k15\":15,\"k16\":16}"sv},
    {"y_wide_16_keys",
     "{\"k0\":0,\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,\""
     "k7\":7,\"k8\":8,\"k9\":9,\"k10\":10,\"k11\":11,\"k12\":12,\"k13\":13,\"k14\":1"
     "4,\"k15\":15}"sv},
    // clang-format on
};

}  // namespace

std::span<const JsonCase> accepted_cases() { return accepted; }

}  // namespace creditd::test
