#!/usr/bin/env escript
%% PCRE in Erlang, as the Erlang SDK calls it: byte by byte.
%%! +fnu
main(_) ->
    io:setopts(standard_io, [binary, {encoding, latin1}]),
    answer().

answer() ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            [Pattern, Text] = [base64:decode(Part)
                || Part <- binary:split(string:trim(Line, trailing, "\n"), <<"\t">>)],
            Answer = try re:run(Text, Pattern) of
                nomatch -> "0";
                _ -> "1"
            catch
                error:_ -> "x"
            end,
            io:put_chars([Answer, "\n"]),
            answer()
    end.
