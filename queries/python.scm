; What the node kinds of Python mean. One `(kind) @role` a line.

; Expressions
(identifier) @name
(attribute) @member
(subscript) @index
(call) @call
(string) @text
(concatenated_string) @template
(integer) @number
(float) @number
(true) @true
(false) @false
(none) @null
(dictionary) @object
(list) @list
(tuple) @list
(set) @list
(expression_list) @list
(pattern_list) @list
(tuple_pattern) @list
(list_pattern) @list
(list_splat) @spread
(list_splat_pattern) @spread
(dictionary_splat) @spread
(dictionary_splat_pattern) @spread
(lambda) @lambda
(conditional_expression) @conditional
(binary_operator) @binary
(boolean_operator) @binary
(parenthesized_expression) @transparent
(await) @transparent
(named_expression) @let
(yield) @yield
(as_pattern) @with
(list_comprehension) @comprehension
(set_comprehension) @comprehension
(generator_expression) @comprehension
(dictionary_comprehension) @comprehension

; Statements
(import_statement) @import
(import_from_statement) @import
(assignment) @assignment
(augmented_assignment) @augmented
(return_statement) @return
(for_statement) @loop
(match_statement) @match

; Definitions
(decorated_definition) @decorated
(function_definition) @function
(class_definition) @class
(type_alias_statement) @alias

; Nothing in them is called, bound or sent
(comment) @skip
(line_continuation) @skip
(future_import_statement) @skip
(dotted_name) @skip
(pass_statement) @skip
(break_statement) @skip
(continue_statement) @skip
