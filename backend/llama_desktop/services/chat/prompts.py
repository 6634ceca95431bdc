"""What the model sees, and how many tokens it takes, by the running server's own word."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs
from msgspec.structs import replace

from llama_desktop.domain.chat import (
    ContextUsage,
    Conversation,
    Message,
    PromptOrigin,
    PromptPart,
    PromptView,
    Role,
    SamplingParameters,
    TokenCount,
)
from llama_desktop.domain.errors import ContextOverflow, EngineRequestFailed, ServerNotRunning
from llama_desktop.domain.llama import Running
from llama_desktop.infrastructure.llama.client import ChatRequest, LlamaClient
from llama_desktop.services.chat.context_fit import ContextFit
from llama_desktop.services.chat.kept_attachments import KeptAttachments
from llama_desktop.services.chat.prompt import Prompt, PromptSource, Segment, build_prompt
from llama_desktop.services.chat.prompt_parts import mark_prompt, split_rendered
from llama_desktop.services.chat.prompt_source import gather_source
from llama_desktop.services.chat.slots import RunningServer
from llama_desktop.services.chat.token_counts import TokenCounts, guess_tokens
from llama_desktop.services.conversation_tree import require_message, require_shown_message
from llama_desktop.services.conversations import ConversationService


class PromptService:
    """Only asks and counts; nothing here makes the server generate."""

    def __init__(
        self,
        conversations: ConversationService,
        server: RunningServer,
        attachments: KeptAttachments,
    ) -> None:
        self._conversations = conversations
        self._server = server
        self._attachments = attachments
        self._counts = TokenCounts()

    async def count_tokens(self, text: str) -> TokenCount:
        """How many tokens a text is: counted where a server runs, else estimated."""
        try:
            client = self._server.require_client()
            return TokenCount(tokens=await client.count_tokens(text), is_exact=True)
        except (ServerNotRunning, EngineRequestFailed):
            return TokenCount(tokens=guess_tokens(text), is_exact=False)

    async def view(self, conversation_id: str, message_id: int) -> PromptView:
        """The exact prompt of an answer; of a question, that which an answer to it would have.

        Raises:
            ServerNotRunning: no model is loaded, whose template it would be.
            ConversationNotFound, MessageNotFound: no such message, or it is deleted.
            EngineRequestFailed: the model's template does not take these messages.
        """
        running, client = self._server.require_running(), self._server.require_client()
        conversation = await self._conversations.get(conversation_id)
        message = require_shown_message(conversation, message_id)
        prompt = await self._find_prompt(conversation, message, running, client)
        parameters = message.parameters or conversation.parameters
        stretches, rendered = await _render(client, prompt, parameters)
        texts = (*(stretch.text for stretch in stretches), rendered)
        counts = await self._counts.count(running.pid, client, texts)
        return PromptView(
            model_name=running.model.name,
            parts=tuple(
                PromptPart(
                    origin=stretch.origin,
                    text=stretch.text,
                    token_count=counts[stretch.text],
                    message_id=stretch.message_id,
                )
                for stretch in stretches
            ),
            token_count=counts[rendered],
            omitted_message_ids=prompt.omitted_message_ids,
        )

    async def usage(self, conversation_id: str) -> ContextUsage | None:
        """What the whole shown branch takes of the window, also where it is more than fits.

        Raises:
            ConversationNotFound: no such conversation.
        """
        conversation = await self._conversations.get(conversation_id)
        try:
            running, client = self._server.require_running(), self._server.require_client()
        except ServerNotRunning:
            return None
        question_id, answer = _find_end(conversation)
        source = await self._gather(conversation, question_id, running)
        stretches = await self._stretches(client, source, conversation.parameters)
        last = answer.content if answer is not None else ""
        texts = [last, *(stretch.text for stretch in stretches)]
        counts = await self._counts.count(running.pid, client, texts)
        tokens = dict.fromkeys(PromptOrigin, 0)
        for stretch in stretches:
            tokens[stretch.origin] += counts[stretch.text]
        total = sum(tokens.values())
        images = _image_tokens(source, answer, running, total)
        return ContextUsage(
            window=running.model.context_size,
            system=tokens[PromptOrigin.SYSTEM],
            files=tokens[PromptOrigin.FILE] + images,
            turns=total - tokens[PromptOrigin.SYSTEM] - tokens[PromptOrigin.FILE],
            answer=counts[last],
            total=total + images + counts[last],
        )

    async def _find_prompt(
        self, conversation: Conversation, message: Message, running: Running, client: LlamaClient
    ) -> Prompt:
        if message.role is Role.ASSISTANT:
            asked = _as_asked(conversation, message)
            source = await self._gather(asked, message.parent_id, running)
            omitted = message.omitted_message_ids
            kept = tuple(one for one in source.branch if one.id not in omitted)
            prompt = build_prompt(replace(source, branch=kept))
            return replace(prompt, omitted_message_ids=omitted)
        source = await self._gather(conversation, message.id, running)
        parameters = conversation.parameters
        fit = ContextFit(
            source,
            window=running.model.context_size,
            max_tokens=parameters.max_tokens,
            count=lambda messages: client.count_prompt_tokens(ChatRequest(messages, parameters)),
        )
        try:
            return await fit.find()
        except ContextOverflow:
            return build_prompt(source)

    async def _gather(
        self, conversation: Conversation, question_id: int | None, running: Running
    ) -> PromptSource:
        return await gather_source(
            conversation, question_id, self._attachments, can_see=running.model.has_vision
        )

    async def _stretches(
        self, client: LlamaClient, source: PromptSource, parameters: SamplingParameters
    ) -> Sequence[Segment]:
        prompt = build_prompt(source)
        if not source.branch:
            return [segment for part in prompt.parts for segment in part.segments]
        stretches, _ = await _render(client, prompt, parameters)
        return stretches


def _as_asked(conversation: Conversation, answer: Message) -> Conversation:
    """With the answer's question as it was then: a passage may have been switched since."""
    return structs.replace(
        conversation,
        messages=tuple(
            structs.replace(one, passages_off=answer.passages_left_out)
            if one.id == answer.parent_id
            else one
            for one in conversation.messages
        ),
    )


async def _render(
    client: LlamaClient, prompt: Prompt, parameters: SamplingParameters
) -> tuple[list[Segment], str]:
    # Of the parameters, only thinking is the template's business.
    told = SamplingParameters(thinking=parameters.thinking)
    marked = mark_prompt(prompt.parts)
    rendered = await client.render_prompt(ChatRequest(prompt.messages, told))
    with_marks = await client.render_prompt(ChatRequest(marked.messages, told))
    return split_rendered(rendered, with_marks, marked.segments), rendered


def _find_end(conversation: Conversation) -> tuple[int | None, Message | None]:
    """The last question of the shown branch, and its answer if there is one."""
    if conversation.leaf_id is None:
        return None, None
    leaf = require_message(conversation, conversation.leaf_id)
    return (leaf.id, None) if leaf.role is Role.USER else (leaf.parent_id, leaf)


def _image_tokens(
    source: PromptSource, answer: Message | None, running: Running, counted: int
) -> int:
    """What the server made of the images, which no tokenizer can tell: the rest of its own count.

    Known from the last answer, if this model gave it to the whole branch.
    """
    has_images = any(isinstance(content, bytes) for content in source.files.values())
    if not (has_images and source.can_see) or answer is None or answer.stats is None:
        return 0
    told = answer.stats.prompt_tokens
    is_same = answer.model is not None and answer.model.file == running.model.path.name
    if told is None or not is_same or answer.omitted_message_ids:
        return 0
    return max(0, told - counted)
